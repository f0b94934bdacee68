internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@testable internal import ShopPayments

@Suite("The sandbox provider") struct SandboxProviderTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let world: World
    private let context: CallContext

    init() throws {
        folder = try TemporaryFolder()
        world = World.manual(time)
        context = CallContext.root(world, timeout: .seconds(30))
    }

    private func provider(latency: Duration = .zero) throws -> SandboxProvider {
        try SandboxProvider(folder: folder.path, world: world, latency: latency, options: Database.Options())
    }

    private func charge(_ number: String, key: String = "k", amount: Int64 = 100) throws -> Charge {
        Charge(
            key: key,
            card: Card(number: try #require(CardNumber(number)), expiry: CardExpiry(month: 12, year: 2030)),
            amount: Money(amount: amount, currency: "USD"))
    }

    @Test("one key is one charge, also across a restart")
    func onceAcrossRestart() async throws {
        let first = try await provider().charge(try charge(Cards.paid), context: context)
        let second = try await provider().charge(try charge(Cards.paid), context: context)
        #expect(first == second)
        let other = try await provider().charge(try charge(Cards.paid, key: "k2"), context: context)
        #expect(other != first)
    }

    @Test("many tries at once with one key are one charge")
    func concurrent() async throws {
        let provider = try provider()
        let charge = try charge(Cards.paid)
        let answers = try await withThrowingTaskGroup(of: ChargeAnswer.self) { group in
            for _ in 0..<50 { group.addTask { try await provider.charge(charge, context: context) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 50)
        #expect(answers.allSatisfy { $0 == answers[0] })
    }

    @Test("the third try succeeds, also when the provider was restarted in between")
    func thirdTry() async throws {
        let charge = try charge(Cards.failsTwice)
        for _ in 0..<2 {
            let error = await #expect(throws: ServiceError.self) {
                try await provider().charge(charge, context: context)
            }
            #expect(error?.slug == "provider-error")
            #expect(error?.isRetryable == true)
        }
        let answer = try await provider().charge(charge, context: context)
        guard case .captured = answer else {
            Issue.record("the third try was \(answer)")
            return
        }
        #expect(try await provider().charge(charge, context: context) == answer)
    }

    @Test("a lost answer was a capture: the retry gets it, a refund gives it back")
    func lostAnswer() async throws {
        let charge = try charge(Cards.answerLost)
        let error = await #expect(throws: ServiceError.self) { try await provider().charge(charge, context: context) }
        #expect(error?.kind == .timeout)
        #expect(error?.isRetryable == true)
        guard case .refunded = try await provider().refund(chargeKey: "k", context: context) else {
            Issue.record("nothing was captured")
            return
        }
    }

    @Test("what is called off before it is charged cannot be charged any more")
    func void() async throws {
        let provider = try provider()
        #expect(try await provider.refund(chargeKey: "k", context: context) == .nothingCharged)
        #expect(try await provider.charge(try charge(Cards.paid), context: context) == .voided)
        #expect(try await provider.refund(chargeKey: "k", context: context) == .nothingCharged)
    }

    @Test("a refund is done once, and the charge keeps its answer")
    func refundOnce() async throws {
        let provider = try provider()
        let captured = try await provider.charge(try charge(Cards.paid), context: context)
        let first = try await provider.refund(chargeKey: "k", context: context)
        #expect(try await provider.refund(chargeKey: "k", context: context) == first)
        #expect(try await provider.charge(try charge(Cards.paid), context: context) == captured)
    }

    @Test("a key that comes back with another amount is refused for good")
    func keyMisused() async throws {
        let provider = try provider()
        _ = try await provider.charge(try charge(Cards.paid), context: context)
        let error = await #expect(throws: ServiceError.self) {
            try await provider.charge(try charge(Cards.paid, amount: 200), context: context)
        }
        #expect(error?.slug == "provider-key-misused")
        #expect(error?.isRetryable == false)
    }

    @Test("a slow answer takes its time, and none takes longer than the caller has")
    func latency() async throws {
        let provider = try provider(latency: .seconds(2))
        let charge = try charge(Cards.paid)
        async let answer = provider.charge(charge, context: context)
        try await eventually("the call is on its way") { time.sleeperCount == 1 }
        time.advance(by: .seconds(2))
        guard case .captured = try await answer else {
            Issue.record("it was not captured")
            return
        }
        let short = CallContext.root(world, timeout: .seconds(1))
        let other = try self.charge(Cards.paid, key: "k2")
        async let slug = slug { try await provider.charge(other, context: short) }
        try await eventually("the call is on its way") { time.sleeperCount == 1 }
        time.advance(by: .seconds(1))
        #expect(await slug == "provider-timeout")
    }

    private func slug(_ body: @Sendable () async throws -> ChargeAnswer) async -> String {
        do { return "\(try await body())" } catch { return (error as? ServiceError)?.slug ?? "\(error)" }
    }
}
