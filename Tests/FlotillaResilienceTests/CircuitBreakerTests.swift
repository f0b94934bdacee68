internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Circuit breaker, in use") struct CircuitBreakerTests {
    private let time = ManualTime()

    private func breaker(_ changes: Record<String> = Record()) -> CircuitBreaker {
        CircuitBreaker(target: "orders → payments.Charge", policy: BreakerPolicy(), time: time) { from, to in
            changes.add("\(from) → \(to)")
        }
    }

    private func fail(_ breaker: CircuitBreaker, _ error: any Error, times: Int) async {
        for _ in 0..<times {
            await #expect(throws: (any Error).self) { try await breaker.run { throw error } }
        }
    }

    @Test("an open one refuses without calling, and says whom, why and for how long")
    func refuses() async throws {
        let breaker = breaker()
        await fail(breaker, ServiceError.of(.unavailable), times: 5)
        time.advance(by: .seconds(15))
        let called = Record<Bool>()
        let refusal = await #expect(throws: ServiceError.self) {
            try await breaker.run { called.add(true) }
        }
        #expect(called.entries.isEmpty)
        #expect(refusal?.kind == .unavailable)
        #expect(refusal?.slug == "circuit-open")
        #expect(refusal?.retryAfter == .seconds(45))
        #expect(refusal?.detail.contains("orders → payments.Charge is temporarily unavailable") == true)
    }

    @Test("every change of state is told once")
    func changes() async throws {
        let changes = Record<String>()
        let breaker = breaker(changes)
        await fail(breaker, ServiceError.of(.timeout), times: 7)
        time.advance(by: .seconds(60))
        await fail(breaker, ServiceError.of(.internal), times: 1)
        time.advance(by: .seconds(60))
        #expect(try await breaker.run { 42 } == 42)
        breaker.force(.open)
        breaker.force(nil)
        #expect(
            changes.entries == [
                "closed → open", "open → halfOpen", "halfOpen → open", "open → halfOpen", "halfOpen → closed",
                "closed → open", "open → closed",
            ])
    }

    @Test("which kinds of error count", arguments: ErrorKind.allCases)
    func kinds(kind: ErrorKind) async {
        let breaker = breaker()
        await fail(breaker, ServiceError.of(kind), times: 5)
        let counts: Set<ErrorKind> = [.unavailable, .timeout, .internal]
        #expect(breaker.snapshot().state == (counts.contains(kind) ? .open : .closed))
    }

    @Test("an error nobody described counts, a cancellation does not")
    func undescribed() async {
        struct Odd: Error {}
        let odd = breaker()
        await fail(odd, Odd(), times: 5)
        #expect(odd.snapshot().state == .open)
        let cancelled = breaker()
        await fail(cancelled, CancellationError(), times: 20)
        #expect(cancelled.snapshot().state == .closed)
    }

    @Test("any number of tasks at once get one trial between them")
    func oneTrialAmongMany() async {
        let breaker = breaker()
        await fail(breaker, ServiceError.of(.unavailable), times: 5)
        time.advance(by: .seconds(60))
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do { return try breaker.admit().isTrial } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 1)
        #expect(breaker.snapshot().refusals == 199)
    }
}
