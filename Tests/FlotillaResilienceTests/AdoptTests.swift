internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Policies that change while calls run") struct AdoptTests {
    private static let policy = CallPolicy(
        name: "old", timeout: .seconds(5), retry: RetryPolicy(attemptsMax: 1), breaker: BreakerPolicy(),
        bulkhead: BulkheadPolicy(concurrencyMax: 1, queueMax: 0))

    private static func renamed(_ change: (inout CallPolicy) -> Void) -> CallPolicy {
        var new = policy
        new.name = "new"
        change(&new)
        return new
    }

    private static func fail(_ subject: CallGuard, _ world: World, times: Int = 1) async {
        for _ in 0..<times {
            await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world)) { _ in throw ServiceError.of(.unavailable) }
            }
        }
    }

    @Test("what has not changed keeps what it knows, and the change is told")
    func kept() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world) { events.add($0.kind) }
            await Self.fail(subject, world, times: 4)
            subject.adopt(Self.renamed { $0.timeout = .seconds(1) })
            #expect(subject.policy.name == "new" && subject.policy.timeout == .seconds(1))
            #expect(subject.snapshot().breaker?.consecutiveFailures == 4)
            await Self.fail(subject, world)
            #expect(subject.snapshot().breaker?.state == .open)
            subject.adopt(Self.renamed { $0.timeout = .seconds(2) })
            #expect(subject.snapshot().breaker?.state == .open, "still")
            subject.adopt(Self.renamed { $0.breaker?.openFor = .seconds(1) })
            #expect(subject.snapshot().breaker?.state == .closed, "another breaker")
            subject.adopt(subject.policy)
            let told = events.entries.count { if case .policyChanged = $0 { true } else { false } }
            #expect(told == 3, "the same policy once more is no change")
            #expect(events.entries.contains(.breakerChanged(from: .open, to: .closed)))
            #expect(subject.snapshot().calls == 5)
        }
    }

    @Test("an operator's word holds, whatever breaker comes; an outcome from before says nothing to a new breaker")
    func forced() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world)
            subject.force(.disabled)
            subject.adopt(Self.renamed { $0.breaker = BreakerPolicy(trip: .consecutive(failures: 1)) })
            #expect(subject.snapshot().breaker?.forced == .disabled)
            await Self.fail(subject, world, times: 3)
            #expect(subject.snapshot().breaker?.state == .closed)
            subject.force(nil)
            let old = try subject.admit(before: Deadline(in: .seconds(60), on: world.time), now: world.time.uptime)
            subject.adopt(Self.renamed { $0.breaker = nil })
            #expect(subject.snapshot().breaker == nil)
            subject.adopt(Self.renamed { $0.breaker = BreakerPolicy(trip: .consecutive(failures: 1), trials: 2) })
            subject.record(old, .failure, now: world.time.uptime)
            #expect(subject.snapshot().breaker?.state == .closed)
            await Self.fail(subject, world)
            #expect(subject.snapshot().breaker?.state == .open)
        }
    }

    @Test("the first breaker's permits mean nothing to the second")
    func permits() throws {
        let world = World.manual()
        let subject = CallGuard(target: "a → b", policy: Self.policy, world: world)
        let permit = try subject.admit(before: Deadline(in: .seconds(60), on: world.time), now: .zero)
        subject.adopt(Self.renamed { $0.breaker = BreakerPolicy(trip: .consecutive(failures: 1)) })
        subject.record(permit, .failure, now: .zero)
        #expect(subject.snapshot().breaker?.state == .closed)
        #expect(subject.snapshot().failures == 1 && subject.snapshot().bulkhead?.running == 0)
    }

    @Test("calls that are under way end in the room they entered, wherever later ones find theirs")
    func rooms() throws {
        try ManualRun.of { world in
            let registry = PolicyRegistry(world: world, book: PolicyBook(standard: Self.policy))
            let subject = registry.callGuard(for: "a → b")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await subject.run(.test(world)) { _ in try await world.time.sleep(for: .seconds(2)) }
                }
                try await world.time.sleep(for: .seconds(1))
                let pooled = Self.renamed {
                    $0.bulkhead = BulkheadPolicy(pool: "shared", concurrencyMax: 1, queueMax: 0)
                }
                #expect(registry.adopt(PolicyBook(standard: pooled)).isEmpty)
                #expect(subject.snapshot().bulkhead?.running == 0, "nobody is in the new room yet")
                try await subject.run(.test(world)) { _ in
                    #expect(subject.snapshot().bulkhead?.running == 1)
                    #expect(registry.poolSnapshots().map(\.room.running) == [1])
                }
                #expect(registry.adopt(PolicyBook(standard: Self.policy)).isEmpty)
                #expect(subject.snapshot().bulkhead?.running == 1, "the first is still in its own")
                try await group.waitForAll()
            }
            #expect(subject.snapshot().bulkhead?.running == 0)
            #expect(registry.poolSnapshots().map(\.room.running) == [0])
        }
    }

    @Test("a book is taken over by all guards, with what each was asked for; a wrong one changes nothing")
    func book() {
        let registry = PolicyRegistry(world: .manual())
        let own = CallPolicy(name: "own")
        let guards = [
            registry.callGuard(for: "a → b"), registry.callGuard(for: "a → c", standard: own),
            registry.callGuard(for: "a → d"),
        ]
        #expect(guards.map(\.policy.name) == ["standard", "own", "standard"])
        let book = PolicyBook(standard: CallPolicy(name: "calm"), byTarget: ["d": CallPolicy(name: "quick")])
        #expect(registry.adopt(book).isEmpty)
        #expect(guards.map(\.policy.name) == ["calm", "own", "quick"])
        let wrong = PolicyBook(standard: CallPolicy(name: "wrong", timeout: .zero))
        #expect(registry.adopt(wrong).contains { $0.contains("timeout") })
        #expect(guards.map(\.policy.name) == ["calm", "own", "quick"])
        #expect(registry.callGuard(for: "x → y").policy.name == "calm")
    }

    @Test("a smaller limit holds at once, and what was taken stays taken")
    func limit() throws {
        let time = ManualTime()
        let world = World.manual(time)
        let subject = CallGuard(
            target: "a → b", policy: Self.renamed {
                $0.bulkhead = nil
                $0.limit = RateLimit(10, per: .seconds(10))
            }, world: world)
        func admitted() -> Int {
            (0..<20).count { _ in
                (try? subject.admit(before: Deadline(in: .seconds(5), on: world.time), now: world.time.uptime)) != nil
            }
        }
        #expect(admitted() == 10)
        subject.adopt(Self.renamed {
            $0.bulkhead = nil
            $0.limit = RateLimit(2, per: .seconds(10))
        })
        #expect(admitted() == 0)
        // Nobody waits for more than the new bucket can hold.
        subject.adopt(Self.renamed {
            $0.bulkhead = nil
            $0.limit = RateLimit(10, per: .seconds(1), burst: 2)
        })
        #expect(admitted() == 0)
        time.advance(by: .milliseconds(100))
        #expect(admitted() == 1)
        subject.adopt(Self.policy)
        #expect(admitted() == 1, "room for one")
    }
}
