internal import FlotillaCore
@testable internal import FlotillaSimulation
internal import Testing

@Suite("Processes that have died") struct DeadProcessTests {
    /// Asks a process that dies in the midst of its work.
    private func ask(isUnfenced: Bool) throws -> (isAnswered: Bool, late: [String: Int]) {
        let scheduler = SimulationScheduler(seed: 5)
        let world = World(time: SimulatedTime(scheduler), random: SeededRandom(seed: 5))
        let network = SimulatedNetwork(world: world, isUnfenced: isUnfenced)
        let isAnswered = try scheduler.run {
            do {
                try await network.carry(from: "a", to: "b", method: "Add") { network.died("b") }
                return true
            } catch {
                return false
            }
        }
        return (isAnswered, network.lateAnswers)
    }

    @Test("what they were asked before is never answered; where nothing keeps them from it, that is noticed")
    func answers() throws {
        let fenced = try ask(isUnfenced: false)
        #expect(!fenced.isAnswered)
        #expect(fenced.late.isEmpty)
        let unfenced = try ask(isUnfenced: true)
        #expect(unfenced.isAnswered)
        #expect(unfenced.late == ["b": 1])
    }

    @Test("what they had opened is shut; where it is not, each write is noticed")
    func writes() throws {
        for isUnfenced in [false, true] {
            let disk = SimulatedDisk(seed: 7)
            disk.isUnfenced = isUnfenced
            let old = try PlainConnection(disk)
            try old.run("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('before')")
            #expect(disk.statistics.lateWrites == 0)
            disk.powerOff()
            disk.crash()
            let new = try PlainConnection(disk)
            try new.run("INSERT INTO notes VALUES ('after')")
            #expect(disk.statistics.lateWrites == 0, "the new one may write")
            if isUnfenced {
                try old.run("INSERT INTO notes VALUES ('late')")
                #expect(disk.statistics.lateWrites > 0)
                #expect(try new.text("SELECT COUNT(*) FROM notes WHERE text = 'late'") == "1")
            } else {
                #expect(throws: PlainConnection.Refusal.self) { try old.run("INSERT INTO notes VALUES ('late')") }
                #expect(disk.statistics.lateWrites == 0)
                #expect(try new.text("SELECT COUNT(*) FROM notes WHERE text = 'late'") == "0")
            }
        }
    }
}
