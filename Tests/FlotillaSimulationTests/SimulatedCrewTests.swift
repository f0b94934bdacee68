internal import FlotillaCore
@testable internal import FlotillaSimulation
internal import Testing

@Suite("What a simulated service can do at a time") struct SimulatedCrewTests {
    @Test("a call waits for a worker, and the more it does the slower the service is; a full queue turns it away")
    func queue() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let crew = SimulatedCrew(seed: seed)
            // Alone, a call takes twice the mean at most.
            #expect(try crew.book(at: .seconds(1)) <= crew.work * 2)
            crew.slowness = 1_000
            var turns: [Duration] = []
            while let turn = try? crew.book(at: .seconds(2)), turns.count < 1_000 { turns.append(turn) }
            // 16 workers and 10 s of queue, of calls that take some hundred milliseconds.
            #expect(turns.count > 10 && turns.count < 1_000)
            #expect((turns.max() ?? .zero) > .seconds(5))
            #expect((turns.max() ?? .zero) <= SimulatedCrew.waitMax + crew.work * 2_000)
            #expect(crew.refusals == 1)
            // All of it done, it is as quick as ever.
            crew.slowness = 1
            #expect(try crew.book(at: .seconds(60)) <= crew.work * 2)
        }
    }
}
