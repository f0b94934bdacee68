internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Nobody there to be called") struct NoInstanceTests {
    private static let policy = CallPolicy(
        name: "test", retry: RetryPolicy(attemptsMax: 2, backoff: .fixed(.milliseconds(10))),
        breaker: BreakerPolicy(trip: .consecutive(failures: 2), openFor: .seconds(1)))

    @Test("is counted as refused and told, and leaves breaker, budget and room as they are")
    func known() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world) { events.add($0.kind) }
            let before = subject.snapshot()
            for _ in 0..<100 {
                let error = subject.noInstance(of: "b", .test(world))
                #expect(error.kind == .unavailable && error.isRetryable && error.retryAfter == nil)
            }
            let after = subject.snapshot()
            #expect(after.calls == 100 && after.ends.refused == 100)
            #expect(after.attempts == 0 && after.failures == 0 && after.breaker == before.breaker)
            #expect(after.retriesSaved == before.retriesSaved && after.bulkhead == before.bulkhead)
            #expect(events.entries == Array(repeating: .refused(.noInstance), count: 100))
        }
    }

    @Test("found out during a call it opens no breaker, and a trial that meets it decides nothing")
    func meanwhile() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world)
            let empty = LoadBalancer(of: "b", in: nil, world: world)
            for _ in 0..<20 {
                let error = await #expect(throws: ServiceError.self) {
                    try await empty.run(.test(world), under: subject) { _, _ in }
                }
                #expect(error?.slug == "no-instance")
            }
            #expect(subject.snapshot().breaker?.state == .closed && subject.snapshot().failures == 0)
            for _ in 0..<2 {
                await #expect(throws: ServiceError.self) {
                    try await subject.run(.test(world), isIdempotent: false) { _ in throw ServiceError.of(.internal) }
                }
            }
            #expect(subject.snapshot().breaker?.state == .open)
            try await world.time.sleep(for: .seconds(1))
            await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world), isIdempotent: false) { _ in throw ServiceError.noInstance(of: "b") }
            }
            #expect(subject.snapshot().breaker?.state == .halfOpen)
            #expect(try await subject.run(.test(world)) { _ in 1 } == 1)
            #expect(subject.snapshot().breaker?.state == .closed)
        }
    }
}
