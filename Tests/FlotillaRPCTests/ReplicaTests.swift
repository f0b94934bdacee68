internal import FlotillaCore
internal import FlotillaRPC
internal import FlotillaResilience
internal import Synchronization
internal import Testing

@Suite("Calls to a service with replicas") struct ReplicaTests {
    /// Hangs until it is cancelled, as a callee does that waits for something that never comes.
    private static func hang(_ world: World) async throws -> String {
        try await world.time.sleep(for: .seconds(3_600))
        return "late"
    }

    private static func policy(
        attempts: Int? = 2, breaker: BreakerPolicy? = BreakerPolicy(trip: .consecutive(failures: 5))
    ) -> CallPolicy {
        CallPolicy(
            name: "twice", timeout: .seconds(1),
            retry: attempts.map { RetryPolicy(attemptsMax: $0, backoff: .fixed(.milliseconds(10))) }, breaker: breaker,
            bulkhead: nil)
    }

    @Test("one of three that hangs is ejected after five calls, and the others answer on")
    func hanging() throws {
        try VirtualRun.of { world in
            let system = ReplicaSystem(3, world) { number, _ in
                number == 2 ? try await Self.hang(world) : "\(number)"
            }
            try await system.running {
                let answers = ReplicaSystem.counted(await system.ask(times: 60))
                #expect(answers["timeout"] == 5 && answers["2"] == nil)
                #expect((answers["1"] ?? 0) + (answers["3"] ?? 0) == 55)
                let shot = system.balancer.snapshot()
                #expect(shot.count("ejected") == 1 && shot.ejections == 1)
                #expect(shot.endpoints.map(\.failures) == [0, 5, 0])
                #expect(shot.endpoints.allSatisfy { $0.inFlight == 0 })
            }
        }
    }

    @Test("one of three that fails is ejected; where the policy repeats, no caller notices", arguments: [
        ErrorKind.internal, .timeout,
    ])
    func failing(kind: ErrorKind) throws {
        try VirtualRun.of { world in
            let isIll = Mutex(true)
            let policy = Self.policy(attempts: 3)
            let system = ReplicaSystem(3, world, policy: policy) { number, _ in
                guard number == 3, isIll.withLock({ $0 }) else { return "\(number)" }
                throw ServiceError(kind, "ill", "Made by a test.", isRetryable: true)
            }
            try await system.running {
                let answers = await system.ask(times: 40)
                #expect(Set(answers) == ["1", "2"], "each was made again at another one")
                let shot = system.balancer.snapshot()
                #expect(shot.endpoints.map(\.failures) == [0, 0, 5] && shot.count("ejected") == 1)
                isIll.withLock { $0 = false }
                // Out for 30 s; taken back by the next look at all.
                try await world.time.sleep(for: .seconds(41))
                system.balancer.maintain()
                #expect(Set(await system.ask(times: 12)) == ["1", "2", "3"])
            }
        }
    }

    @Test("a call that must not be made twice is not, and its failure counts all the same")
    func notRepeated() throws {
        try VirtualRun.of { world in
            let system = ReplicaSystem(2, world, policy: Self.policy()) { number, _ in
                if number == 2 { throw ServiceError(.internal, "ill", "Made by a test.", isRetryable: true) }
                return "\(number)"
            }
            try await system.running {
                var answers: [String] = []
                for _ in 0..<4 { answers.append(await system.ask(isIdempotent: false)) }
                #expect(ReplicaSystem.counted(answers) == ["1": 2, "ill": 2])
                #expect(system.balancer.snapshot().endpoints.map(\.failures) == [0, 2])
            }
        }
    }

    @Test("each gets its share by weight")
    func weights() throws {
        try VirtualRun.of { world in
            let system = ReplicaSystem(3, world, algorithm: .weighted, weights: [50, 100, 250])
            try await system.running {
                let answers = ReplicaSystem.counted(await system.ask(times: 400))
                #expect(abs((answers["1"] ?? 0) - 50) <= 4)
                #expect(abs((answers["2"] ?? 0) - 100) <= 4)
                #expect(abs((answers["3"] ?? 0) - 250) <= 4)
            }
        }
    }

    @Test("of two the idle one is asked", arguments: [BalancerPolicy.Algorithm.leastRequest, .peakEWMA])
    func idle(algorithm: BalancerPolicy.Algorithm) throws {
        try VirtualRun.of { world in
            let busy = Mutex(Set<Int>())
            let system = ReplicaSystem(2, world, algorithm: algorithm) { number, _ in
                // Who gets the first call has something to do for a while.
                if busy.withLock({ $0.isEmpty ? $0.insert(number).inserted : false }) {
                    try await world.time.sleep(for: .milliseconds(900))
                }
                return "\(number)"
            }
            try await system.running {
                async let long = system.ask()
                try await world.time.sleep(for: .milliseconds(10))
                let other = busy.withLock { $0 } == [1] ? "2" : "1"
                #expect(Set(await system.ask(times: 20)) == [other])
                #expect(system.balancer.snapshot().endpoints.map(\.inFlight).reduce(0, +) == 1)
                #expect(await long != other)
            }
        }
    }

    @Test("one that drains gets no new calls and ends those it has; one that has gone is not missed")
    func draining() throws {
        try VirtualRun.of { world in
            let isFirst = Mutex(true)
            let system = ReplicaSystem(2, world, policy: Self.policy()) { number, _ in
                let isLong = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                if isLong { try await world.time.sleep(for: .milliseconds(500)) }
                return "\(number)"
            }
            try await system.running {
                async let begun = system.ask()
                try await world.time.sleep(for: .milliseconds(10))
                let shot = system.balancer.snapshot()
                let busy = try #require(shot.endpoints.first { $0.inFlight == 1 }?.instance.address)
                let number = try #require(Int(busy))
                system.list(draining: [number])
                #expect(system.balancer.snapshot().count("draining") == 1)
                #expect(Set(await system.ask(times: 10)) == ["\(3 - number)"])
                #expect(await begun == busy)
                // Its host stops before the balancer hears of it: calls that meet that go to the other one.
                system.list()
                system.hosts[number - 1].drain()
                #expect(Set(await system.ask(times: 10)) == ["\(3 - number)"])
                #expect(system.balancer.snapshot().endpoints.allSatisfy { $0.failures == 0 })
            }
        }
    }

    @Test("who refuses in good order is neither ejected nor does it open the breaker")
    func refusing() throws {
        try VirtualRun.of { world in
            let system = ReplicaSystem(2, world, policy: Self.policy(attempts: nil)) { _, _ in
                throw ServiceError(.unavailable, "overloaded", "Made by a test.", retryAfter: .seconds(1))
            }
            try await system.running {
                #expect(Set(await system.ask(times: 40)) == ["overloaded"])
                let shot = system.balancer.snapshot()
                #expect(shot.ejections == 0 && shot.endpoints.allSatisfy { $0.failures == 0 })
                #expect(system.policies.callGuard(for: "caller → echo.Say").snapshot().breaker?.state == .closed)
            }
        }
    }

    @Test("a call that its caller has no time for says nothing about whom it was for")
    func hurry() throws {
        try VirtualRun.of { world in
            let system = ReplicaSystem(2, world) { _, _ in try await Self.hang(world) }
            try await system.running {
                for _ in 0..<20 { #expect(await system.ask(within: .milliseconds(20)) == "timeout") }
                #expect(system.balancer.snapshot().ejections == 0)
            }
        }
    }
}
