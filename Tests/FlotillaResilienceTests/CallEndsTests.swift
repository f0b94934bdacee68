internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("How the calls of a guard ended") struct CallEndsTests {
    private static let policy = CallPolicy(
        name: "test", timeout: .seconds(5), retry: RetryPolicy(attemptsMax: 2, backoff: Backoff(jitter: .none)),
        breaker: BreakerPolicy(trip: .consecutive(failures: 3)),
        bulkhead: BulkheadPolicy(concurrencyMax: 1, queueMax: 0))

    private static func fail(_ subject: CallGuard, _ world: World, _ kind: ErrorKind) async {
        await #expect(throws: ServiceError.self) {
            try await subject.run(.test(world)) { _ in throw ServiceError.of(kind) }
        }
    }

    @Test("each call is counted once, whatever it took")
    func once() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world)
            var expected = CallEnds()

            let tries = Record<Bool>()
            try await subject.run(.test(world)) { _ in
                tries.add(true)
                if tries.entries.count == 1 { throw ServiceError.of(.unavailable) }
            }
            expected.success = 1
            #expect(subject.snapshot().ends == expected)

            await Self.fail(subject, world, .notFound)
            expected.callerFault = 1
            #expect(subject.snapshot().ends == expected)

            await Self.fail(subject, world, .unavailable)
            expected.failure = 1
            #expect(subject.snapshot().ends == expected)

            // The third failure in a row opens the breaker between two attempts: it is the callee that failed.
            await Self.fail(subject, world, .unavailable)
            expected.failure = 2
            #expect(subject.snapshot().ends == expected)
            #expect(subject.snapshot().breaker?.state == .open)

            await Self.fail(subject, world, .unavailable)
            expected.refused = 1
            #expect(subject.snapshot().ends == expected)
            #expect(subject.snapshot().calls == 5)
        }
    }

    @Test("a call without room is refused; one that is let go, in an attempt or between two, is abandoned")
    func refusedAndAbandoned() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy, world: world)
            for wait in [Duration.milliseconds(100), .milliseconds(600)] {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: CancellationError.self) {
                            try await subject.run(.test(world)) { _ in
                                try await world.time.sleep(for: .milliseconds(400))
                                throw ServiceError.of(.unavailable)
                            }
                        }
                    }
                    await #expect(throws: Never.self) { try await world.time.sleep(for: wait) }
                    await Self.fail(subject, world, .unavailable)
                    group.cancelAll()
                }
            }
            var expected = CallEnds()
            expected.abandoned = 2
            expected.refused = 2
            #expect(subject.snapshot().ends == expected)
        }
    }

    @Test("why a failed attempt was the last is told")
    func reasons() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            var policy = Self.policy
            policy.breaker = nil
            policy.retry?.budget = RetryBudget.Policy(share: 0.001, minimumPerSecond: 0, savedMax: 1)
            let subject = CallGuard(target: "a → b", policy: policy, world: world) { events.add($0.kind) }
            await Self.fail(subject, world, .notFound)
            await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world, within: .milliseconds(300))) { _ in
                    throw ServiceError.of(.unavailable)
                }
            }
            await Self.fail(subject, world, .unavailable)
            await Self.fail(subject, world, .unavailable)
            let reasons = events.entries.compactMap { kind -> GuardEvent.GiveUp? in
                if case .failed(_, _, _, let reason) = kind { reason } else { nil }
            }
            #expect(reasons == [.notRetryable, .deadline, .attemptsUsed, .budgetEmpty])
        }
    }
}
