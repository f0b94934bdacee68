internal import FlotillaCore
internal import FlotillaRPC
internal import FlotillaResilience
internal import Testing

@Suite("A callee that comes and goes")
struct LifecycleTests {
    @Test("calls to a service that does not run fail at once, are not repeated and not held against it")
    func away() async throws {
        let system = EchoSystem(policy: CallPolicy(name: "thrice", bulkhead: nil))
        for _ in 0..<20 {
            let error = await failure { try await system.say("x") }
            #expect(error?.kind == .unavailable && error?.slug == "unavailable")
            #expect(error?.detail.contains("echo") == true)
            #expect(error?.retryAfter == nil, "nobody knows")
        }
        // Nothing had to wait for it.
        #expect(system.time.uptime == .zero)
        let shot = system.guardian.snapshot()
        #expect(shot.calls == 20 && shot.attempts == 0 && shot.ends.refused == 20 && shot.failures == 0)
        #expect(shot.breaker?.state == .closed)
        #expect(try await system.running { try await system.say("back") } == "back")
    }

    @Test("the same channel works again after the callee was restarted")
    func restart() async throws {
        let system = EchoSystem()
        for round in 1...3 {
            #expect(try await system.running { try await system.say("round \(round)") } == "round \(round)")
            #expect(!system.host.isRunning)
            #expect(await failure { try await system.say("x") }?.kind == .unavailable)
        }
    }

    @Test("a callee that is stopped during a call is unavailable to its caller")
    func stopped() async throws {
        let hasBegun = Seen<Bool>()
        let system = EchoSystem { text, _ in
            hasBegun.set(true)
            await until { Task.isCancelled }
            try Task.checkCancellation()
            return text
        }
        let error = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await system.host.run() }
            await until { system.host.isRunning }
            async let error = failure { try await system.say("x") }
            await until { hasBegun.value == true }
            group.cancelAll()
            try await group.waitForAll()
            return await error
        }
        #expect(error?.kind == .unavailable && error?.retryAfter == nil)
        #expect(system.exchange.services.isEmpty)
        #expect(system.guardian.snapshot().failures == 0, "it was stopped, which is no illness")
    }

    @Test("a drained callee finishes what it has begun and takes nothing new")
    func drained() async throws {
        let hasBegun = Seen<Bool>()
        let mayEnd = Seen<Bool>()
        let system = EchoSystem { text, _ in
            hasBegun.set(true)
            await until { mayEnd.value == true }
            return text
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await system.host.run() }
            await until { system.host.isRunning }
            async let answer = system.say("begun")
            await until { hasBegun.value == true }
            system.host.drain()
            #expect(await failure { try await system.say("late") }?.kind == .unavailable)
            mayEnd.set(true)
            #expect(try await answer == "begun")
            try await group.waitForAll()
        }
        #expect(!system.host.isRunning)
    }

    @Test("whoever waits for the callee goes on when it runs, at once when it runs already, and can be cancelled")
    func waiting() async throws {
        let system = EchoSystem()
        async let first: Void = system.host.waitUntilRunning()
        async let second: Void = system.host.waitUntilRunning()
        try await system.running { try await system.host.waitUntilRunning() }
        _ = try await (first, second)
        let error = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await system.host.waitUntilRunning()
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(error == true)
    }

    @Test("a host runs once at a time")
    func twice() async throws {
        let system = EchoSystem()
        let error = try await system.running { await failure { try await system.host.run() } }
        #expect(error?.slug == "already-running")
    }
}
