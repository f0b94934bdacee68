internal import FlotillaCore
internal import FlotillaRPC
internal import FlotillaResilience
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@Suite("Errors on their way to the caller")
struct FailureTests {
    @Test("kind, slug, detail and the rest of a described error survive", arguments: ErrorKind.allCases)
    func described(kind: ErrorKind) async throws {
        let thrown = ServiceError(
            kind, "hold-full", "The hold is full: 100 % of it — übervoll.",
            fields: [FieldError(field: "items[0].quantity", message: "must be 1 to 99")],
            isRetryable: kind == .conflict, retryAfter: .milliseconds(2_500))
        let system = EchoSystem { _, _ in throw thrown }
        let error = try #require(try await system.running { await failure { try await system.say("x") } })
        #expect(error.kind == kind)
        #expect(error.slug == "hold-full")
        #expect(error.detail == thrown.detail)
        #expect(error.fields == thrown.fields)
        #expect(error.isRetryable == thrown.isRetryable)
        #expect(error.retryAfter == thrown.retryAfter)
    }

    @Test("of an error nobody described the caller learns nothing but that it happened")
    func undescribed() async throws {
        struct Leak: Error { let password = "sesame" }
        let system = EchoSystem { _, _ in throw Leak() }
        let error = try #require(try await system.running { await failure { try await system.say("x") } })
        #expect(error.kind == .internal)
        #expect(error.slug == "internal")
        #expect(!error.description.contains("sesame"))
    }

    @Test("a method the callee does not have is told apart from a callee that is away")
    func unknownMethod() async throws {
        let system = EchoSystem()
        let error = try await system.running {
            await failure { try await system.channel.unary(.shout, Text("x"), system.call()) }
        }
        #expect(error?.slug == "not-implemented")
        #expect(error?.isRetryable == false)
    }

    @Test("a deadline that is over is not even tried")
    func overBefore() async throws {
        let seen = Seen<Bool>()
        let system = EchoSystem { text, _ in
            seen.set(true)
            return text
        }
        let context = system.call(timeout: .seconds(1))
        system.time.advance(by: .seconds(1))
        let error = try await system.running { await failure { try await system.say("x", context) } }
        #expect(error?.kind == .timeout)
        #expect(seen.value == nil)
    }

    @Test("when the deadline is over meanwhile, the caller is told and the callee is cancelled")
    func overMeanwhile() async throws {
        let hasBegun = Seen<Bool>()
        let wasCancelled = Seen<Bool>()
        let system = EchoSystem { text, _ in
            await withTaskCancellationHandler {
                hasBegun.set(true)
                await until { Task.isCancelled }
            } onCancel: {
                wasCancelled.set(true)
            }
            throw CancellationError()
        }
        let error = try await system.running {
            async let error = failure { try await system.say("x", system.call(timeout: .seconds(2))) }
            // The timers of the caller and of the callee.
            await until { hasBegun.value == true && system.time.sleeperCount == 2 }
            system.time.advance(by: .seconds(2))
            let result = await error
            await until { wasCancelled.value == true }
            return result
        }
        #expect(error?.kind == .timeout)
    }

    @Test("a cancelled caller gets its cancellation, not an error of the callee")
    func cancelledCaller() async throws {
        let hasBegun = Seen<Bool>()
        let system = EchoSystem { text, _ in
            hasBegun.set(true)
            await until { Task.isCancelled }
            return text
        }
        try await system.running {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await system.say("x")
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                await until { hasBegun.value == true }
                group.cancelAll()
                for await isCancellation in group { #expect(isCancellation) }
            }
        }
    }

    @Test("a retryable failure is repeated by the policy of the target")
    func retried() async throws {
        let count = Mutex(0)
        let policy = CallPolicy(name: "thrice", breaker: nil, bulkhead: nil)
        let system = EchoSystem(policy: policy) { text, _ in
            let attempt = count.withLock { count in
                count += 1
                return count
            }
            if attempt < 2 { throw ServiceError(.unavailable, "high-seas", "Not in this weather.") }
            return "\(text) \(attempt)"
        }
        let answer = try await system.running {
            async let answer = system.say("attempt")
            await until { system.isRepeating.value == true && system.time.sleeperCount == 1 }
            system.time.advance(by: .seconds(2))
            return try await answer
        }
        #expect(answer == "attempt 2")
    }
}
