internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Who is ejected, and for how long") struct OutlierMachineTests {
    private func ids(_ count: Int) -> [InstanceID] { (0..<count).map { InstanceID(unchecked: "i-\(100 + $0)") } }

    private func machine(_ count: Int, _ policy: OutlierPolicy = OutlierPolicy()) -> Held {
        let held = Held(OutlierMachine(policy))
        held.setInstances(ids(count))
        return held
    }

    private func tallies(_ count: Int, _ change: (Int, inout OutlierMachine.Tally) -> Void = { _, _ in })
        -> [OutlierMachine.Tally]
    {
        ids(count).enumerated().map { number, id in
            var tally = OutlierMachine.Tally(id: id, successes: 200, failures: 0, microseconds: 200 * 10_000)
            change(number, &tally)
            return tally
        }
    }

    @Test("five failures in a row eject, four do not")
    func consecutive() {
        let machine = machine(3)
        let id = ids(3)[1]
        #expect(!machine.failed(id, inARow: 4, now: .seconds(1)))
        #expect(machine.failed(id, inARow: 5, now: .seconds(2)))
        #expect(machine.ejection(of: id)?.reason == .consecutiveFailures)
        #expect(machine.ejection(of: id)?.until == .seconds(32))
        #expect(!machine.failed(id, inARow: 6, now: .seconds(3)), "it is out already")
        #expect(machine.ejectedCount == 1)
    }

    @Test("it comes back at the first look after its time, not before")
    func comesBack() {
        let machine = machine(3)
        let id = ids(3)[0]
        _ = machine.failed(id, inARow: 5, now: .seconds(2))
        #expect(machine.sweep(tallies(3), now: .seconds(30)) == .init())
        #expect(machine.sweep(tallies(3), now: .seconds(40)) == .init(returned: [id]))
        #expect(machine.ejection(of: id) == nil)
        #expect(machine.ejectedCount == 0)
    }

    @Test("each ejection in short succession lasts longer, up to a limit; good times make up for it")
    func grows() {
        let machine = machine(2)
        let id = ids(2)[0]
        var now = Duration.zero
        var lengths: [Duration] = []
        for _ in 0..<12 {
            #expect(machine.failed(id, inARow: 5, now: now))
            guard let ejection = machine.ejection(of: id) else { return }
            lengths.append(ejection.until - now)
            now = ejection.until
            _ = machine.sweep(tallies(2), now: now)
        }
        #expect(lengths == [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300].map { .seconds($0) })
        for _ in 0..<11 {
            now += .seconds(10)
            _ = machine.sweep(tallies(2), now: now)
        }
        _ = machine.failed(id, inARow: 5, now: now)
        #expect(machine.ejection(of: id).map { $0.until - now } == .seconds(60), "twelve times, eleven good looks")
    }

    @Test("at most a tenth, but always one of two or more, never the only one", arguments: [
        (1, 0), (2, 1), (3, 1), (10, 1), (19, 1), (20, 2), (100, 10),
    ])
    func atMost(count: Int, ejected: Int) {
        let machine = machine(count)
        for id in ids(count) { _ = machine.failed(id, inARow: 9, now: .zero) }
        #expect(machine.ejectedCount == ejected)
        #expect(machine.spared == count - ejected)
        let strict = self.machine(count, OutlierPolicy(ejectsOneAlways: false))
        for id in ids(count) { _ = strict.failed(id, inARow: 9, now: .zero) }
        #expect(strict.ejectedCount == count / 10)
    }

    @Test("who leaves takes its ejection along; who begins anew begins with nothing")
    func leaves() {
        let machine = machine(3)
        let all = ids(3)
        _ = machine.failed(all[0], inARow: 5, now: .zero)
        machine.setInstances(Array(all.dropFirst()))
        #expect(machine.ejectedCount == 0)
        #expect(machine.failed(all[1], inARow: 5, now: .zero), "there is room for another")
        machine.forget(all[1])
        #expect(machine.ejection(of: all[1]) == nil)
        #expect(machine.ejectedCount == 0)
        _ = machine.failed(all[1], inARow: 5, now: .zero)
        #expect(machine.ejection(of: all[1])?.until == .seconds(30), "its past is forgotten")
        #expect(!machine.failed(InstanceID(unchecked: "stranger"), inARow: 50, now: .zero))
    }

    @Test("a share of successes far below that of the others ejects, when asked for")
    func successRate() {
        let odd = tallies(6) { number, tally in
            if number == 3 { (tally.successes, tally.failures) = (120, 80) } else { tally.failures = 2 }
        }
        let without = machine(6)
        #expect(without.sweep(odd, now: .seconds(10)) == .init())
        let with = machine(6, OutlierPolicy(successRate: .init()))
        #expect(with.sweep(odd, now: .seconds(10)) == .init(ejected: [ids(6)[3]]))
        #expect(with.ejection(of: ids(6)[3])?.reason == .successRate)
        let few = machine(4, OutlierPolicy(successRate: .init()))
        #expect(few.sweep(Array(odd.prefix(4)), now: .seconds(10)) == .init(), "four are too few to compare")
        let idle = machine(6, OutlierPolicy(successRate: .init()))
        let thin = odd.map { OutlierMachine.Tally(id: $0.id, successes: 1, failures: $0.failures > 2 ? 9 : 0) }
        #expect(idle.sweep(thin, now: .seconds(10)) == .init(), "ten calls are too few to compare")
        let equal = machine(6, OutlierPolicy(successRate: .init()))
        let allBad = tallies(6) { _, tally in (tally.successes, tally.failures) = (20, 180) }
        #expect(equal.sweep(allBad, now: .seconds(10)) == .init(), "when all are bad it is none of them")
    }

    @Test("a latency many times that of the others ejects the worst, when asked for")
    func latency() {
        let odd = tallies(3) { number, tally in if number == 2 { tally.microseconds = 200 * 400_000 } }
        let with = machine(3, OutlierPolicy(latency: .init()))
        #expect(with.sweep(odd, now: .seconds(10)).ejected == [ids(3)[2]])
        let without = machine(3)
        #expect(without.sweep(odd, now: .seconds(10)).ejected.isEmpty)
        let quick = machine(3, OutlierPolicy(latency: .init()))
        let fast = tallies(3) { number, tally in tally.microseconds = 200 * (number == 2 ? 90_000 : 1_000) }
        #expect(quick.sweep(fast, now: .seconds(10)).ejected.isEmpty, "below 100 ms nobody is too slow")
        let two = machine(2, OutlierPolicy(latency: .init()))
        #expect(two.sweep(Array(odd.suffix(2)), now: .seconds(10)).ejected.isEmpty, "of two, which is the odd one?")
    }

    @Test("one that has just come back is not compared by what was counted while it was out")
    func notAtOnce() {
        let machine = machine(3, OutlierPolicy(latency: .init()))
        let id = ids(3)[2]
        _ = machine.failed(id, inARow: 5, now: .zero)
        let odd = tallies(3) { number, tally in if number == 2 { tally.microseconds = 200 * 400_000 } }
        #expect(machine.sweep(odd, now: .seconds(30)) == .init(returned: [id]))
        #expect(machine.sweep(odd, now: .seconds(40)) == .init(ejected: [id]))
    }
}

/// A machine that expectations can ask: they cannot call what changes a value.
private final class Held {
    private var machine: OutlierMachine

    init(_ machine: OutlierMachine) { self.machine = machine }

    var ejectedCount: Int { machine.ejectedCount }
    var spared: Int { machine.spared }
    func setInstances(_ ids: [InstanceID]) { machine.setInstances(ids) }
    func forget(_ id: InstanceID) { machine.forget(id) }
    func ejection(of id: InstanceID) -> Ejection? { machine.ejection(of: id) }
    func failed(_ id: InstanceID, inARow count: Int, now: Duration) -> Bool {
        machine.failed(id, inARow: count, now: now)
    }
    func sweep(_ tallies: [OutlierMachine.Tally], now: Duration) -> OutlierMachine.Swept {
        machine.sweep(tallies, now: now)
    }
}
