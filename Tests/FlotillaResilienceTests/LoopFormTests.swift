internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Calls on an event loop") struct LoopFormTests {
    private let world: World
    private let time: ManualTime

    init() {
        time = ManualTime()
        world = .manual(time)
    }

    private func deadline(_ after: Duration = .seconds(60)) -> Deadline { Deadline(in: after, on: world.time) }

    @Test("leave is given with the deadline of the attempt; its outcome is counted and its room given back")
    func success() throws {
        let subject = CallGuard(target: "a → b", policy: .standard, world: world)
        let permit = try subject.admit(before: deadline(), now: world.time.uptime)
        #expect(permit.deadline.uptime == .seconds(5) && !permit.isTrial)
        #expect(subject.snapshot().bulkhead?.running == 1 && subject.snapshot().ends == CallEnds())
        subject.record(permit, .success, now: world.time.uptime)
        #expect(subject.snapshot().bulkhead?.running == 0 && subject.snapshot().ends.success == 1)
    }

    @Test("a full room, no time, an open breaker: refused at once, told, and counted once")
    func refusals() throws {
        let events = Record<GuardEvent.Kind>()
        let policy = CallPolicy(
            name: "test", breaker: BreakerPolicy(trip: .consecutive(failures: 1), openFor: .seconds(10)),
            bulkhead: BulkheadPolicy(concurrencyMax: 1, queueMax: 50, waitMax: .seconds(1)))
        let subject = CallGuard(target: "a → b", policy: policy, world: world) { events.add($0.kind) }
        let permit = try subject.admit(before: deadline(), now: world.time.uptime)
        func slug() -> String? {
            do {
                subject.record(try subject.admit(before: deadline(), now: world.time.uptime), .success, now: .zero)
                return nil
            } catch { return error.slug }
        }
        #expect(slug() == "bulkhead-full")
        subject.record(permit, .failure, isTimeout: true, now: world.time.uptime)
        #expect(slug() == "circuit-open")
        #expect(throws: ServiceError.self) { try subject.admit(before: deadline(.zero), now: world.time.uptime) }
        #expect(
            events.entries == [
                .refused(.bulkhead), .breakerChanged(from: .closed, to: .open), .refused(.breaker),
                .refused(.deadline),
            ])
        let shot = subject.snapshot()
        #expect(shot.calls == 4 && shot.attempts == 1 && shot.timeouts == 1)
        #expect(shot.ends.refused == 3 && shot.ends.failure == 1 && shot.bulkhead?.refusals == 1)
        time.advance(by: .seconds(10))
        let trial = try subject.admit(before: deadline(), now: world.time.uptime)
        #expect(trial.isTrial)
        subject.record(trial, .success, now: world.time.uptime)
        #expect(subject.snapshot().breaker?.state == .closed)
    }

    @Test("caller's faults and abandoned attempts say nothing about the callee", arguments: [
        CallOutcome.callerFault, .abandoned, .notAsked,
    ])
    func harmless(outcome: CallOutcome) throws {
        let policy = CallPolicy(name: "test", breaker: BreakerPolicy(trip: .consecutive(failures: 1)))
        let subject = CallGuard(target: "a → b", policy: policy, world: world)
        for _ in 0..<3 {
            subject.record(try subject.admit(before: deadline(), now: .zero), outcome, now: .zero)
        }
        #expect(subject.snapshot().breaker?.state == .closed)
        let ends = subject.snapshot().ends
        #expect(ends.abandoned + ends.callerFault + ends.refused == 3)
    }

    @Test("slow successes open a breaker that looks at how long they take, although none is a failure")
    func slow() throws {
        let rate = BreakerPolicy.Rate(
            window: .calls(4), slowCallRate: 0.5, slowAfter: .seconds(1), minimumCalls: 4)
        let policy = CallPolicy(name: "test", breaker: BreakerPolicy(trip: .rate(rate)))
        let subject = CallGuard(target: "a → b", policy: policy, world: world)
        for took in [0, 2, 0, 2] {
            let permit = try subject.admit(before: deadline(), now: world.time.uptime)
            time.advance(by: .seconds(took))
            subject.record(permit, .success, now: world.time.uptime)
        }
        #expect(subject.snapshot().breaker?.state == .open)
    }

    @Test("a success clears the failures before it, however it is told")
    func clears() throws {
        let subject = CallGuard(target: "a → b", policy: .standard, world: world)
        for outcome in [CallOutcome.failure, .failure, .failure, .failure, .success, .failure, .success] {
            subject.record(try subject.admit(before: deadline(), now: .zero), outcome, now: .zero)
        }
        #expect(subject.snapshot().breaker?.consecutiveFailures == 0)
        #expect(subject.snapshot().breaker?.state == .closed)
    }

    @Test("on real threads all is counted, and all room is given back")
    func threads() async {
        let subject = CallGuard(
            target: "a → b", policy: CallPolicy(name: "test", bulkhead: BulkheadPolicy(concurrencyMax: 3)),
            world: World.system())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for call in 0..<500 {
                        do {
                            let permit = try subject.admit(before: Deadline(uptime: .seconds(1 << 30)), now: .zero)
                            subject.record(permit, call % 7 == 0 ? .callerFault : .success, now: .zero)
                        } catch {}
                    }
                }
            }
        }
        let shot = subject.snapshot()
        #expect(shot.calls == 4000 && shot.bulkhead?.running == 0)
        #expect(shot.ends.success + shot.ends.callerFault + shot.ends.refused == 4000)
    }
}
