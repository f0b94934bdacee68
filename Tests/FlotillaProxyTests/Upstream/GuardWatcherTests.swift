#if os(Linux)
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import FlotillaResilience
    internal import Testing

    @Suite("A guard around forwarded requests") struct GuardWatcherTests {
        private let time = ManualTime()
        private let next = EndRecorder()
        private let world: World
        private let upstream: Upstream

        init() throws {
            world = .manual(time)
            upstream = try Upstream("backend", instances: ["127.0.0.1:9"], world: world)
        }

        private func guarded(_ change: (inout CallPolicy) -> Void = { _ in }) -> CallGuard {
            var policy = CallPolicy(
                name: "test", timeout: .seconds(2), retry: RetryPolicy(attemptsMax: 2),
                breaker: BreakerPolicy(trip: .consecutive(failures: 3)), bulkhead: BulkheadPolicy(concurrencyMax: 2))
            change(&policy)
            return CallGuard(target: "test → backend", policy: policy, world: world)
        }

        private func forward(_ callGuard: CallGuard) throws -> any ForwardWatcher {
            var forward = Forward(upstream)
            try forward.admit(by: callGuard, now: time.uptime, then: next)
            #expect(forward.attemptTimeout == .seconds(2))
            return try #require(forward.watcher)
        }

        private func end(_ status: Int? = nil, _ failure: UpstreamFailure.Kind? = nil) -> ForwardEnd {
            var end = ForwardEnd(status: status, failure: failure)
            end.now = time.uptime
            return end
        }

        @Test("the outcome of each end", arguments: [
            (200, nil, CallOutcome.success), (304, nil, .success), (404, nil, .callerFault), (429, nil, .callerFault),
            (500, nil, .failure), (503, nil, .failure), (nil, .unreachable, .failure), (nil, .timeout, .failure),
            (200, .brokenOff, .failure), (101, nil, .success), (101, .timeout, .success),
        ] as [(Int?, UpstreamFailure.Kind?, CallOutcome)])
        func outcomes(status: Int?, failure: UpstreamFailure.Kind?, outcome: CallOutcome) throws {
            let callGuard = guarded()
            let watcher = try forward(callGuard)
            #expect(callGuard.snapshot().bulkhead?.running == 1)
            watcher.ended(end(status, failure))
            let shot = callGuard.snapshot()
            #expect(end(status, failure).outcome == outcome && shot.bulkhead?.running == 0)
            #expect(shot.ends.failure == (outcome == .failure ? 1 : 0))
            #expect(shot.ends.success == (outcome == .success ? 1 : 0))
            #expect(shot.ends.callerFault == (outcome == .callerFault ? 1 : 0))
            #expect(shot.timeouts == (failure == .timeout && status == nil ? 1 : 0))
            #expect(next.all.count == 1)
        }

        @Test("who goes away, and whose body is none, opens no breaker")
        func harmless() throws {
            let callGuard = guarded()
            for _ in 0..<5 {
                var gone = end()
                gone.isAbandoned = true
                try forward(callGuard).ended(gone)
                var wrong = end()
                wrong.refusal = .chunkSize
                try forward(callGuard).ended(wrong)
            }
            let shot = callGuard.snapshot()
            #expect(shot.breaker?.state == .closed && shot.ends.abandoned == 5 && shot.ends.callerFault == 5)
        }

        @Test("an attempt is repeated as the policy says, and each counts once for the breaker")
        func repeats() throws {
            let callGuard = guarded()
            let watcher = try forward(callGuard)
            #expect(watcher.mayRepeat(after: end(nil, .unreachable)))
            #expect(!watcher.mayRepeat(after: end(503)))
            watcher.ended(end(503))
            var shot = callGuard.snapshot()
            #expect(shot.attempts == 2 && shot.failures == 2 && shot.breaker?.consecutiveFailures == 2)
            #expect(shot.ends.failure == 1 && shot.bulkhead?.running == 0 && next.questions == 0)
            // The third failure in a row opens it: not even an allowed attempt is made.
            let last = try forward(callGuard)
            #expect(!last.mayRepeat(after: end(nil, .timeout)))
            last.ended(end(nil, .timeout))
            shot = callGuard.snapshot()
            #expect(shot.breaker?.state == .open && shot.ends.failure == 2 && shot.attempts == 3)
            #expect(throws: ServiceError.self) { try forward(callGuard) }
        }

        @Test("500 is repeated where the policy says so", arguments: [true, false])
        func defect(isRepeated: Bool) throws {
            let callGuard = guarded { $0.retry?.conditions = isRepeated ? .all : .passing }
            let watcher = try forward(callGuard)
            #expect(watcher.mayRepeat(after: end(500)) == isRepeated)
            watcher.ended(end(isRepeated ? 200 : 500))
            #expect(callGuard.snapshot().ends.success == (isRepeated ? 1 : 0))
        }

        @Test("full room, an open breaker and a spent limit refuse before anything is forwarded")
        func refusals() throws {
            let full = guarded()
            let held = [try forward(full), try forward(full)]
            #expect(throws: ServiceError.self) { try forward(full) }
            held.forEach { $0.ended(end(200)) }
            _ = try forward(full)
            let limited = guarded { $0.limit = RateLimit(.tokenBucket, 1, per: .seconds(10)) }
            try forward(limited).ended(end(200))
            let error = #expect(throws: ServiceError.self) { try forward(limited) }
            #expect(error?.slug == "limit-reached" && error?.retryAfter == .seconds(10))
        }
    }
#endif
