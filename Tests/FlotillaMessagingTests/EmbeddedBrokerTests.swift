internal import FlotillaTesting
internal import Testing

@Suite("The embedded broker keeps the broker contract") struct EmbeddedBrokerTests {
    @Test("promise", arguments: BrokerContract.cases)
    func contract(_ promise: ContractCase<BrokerEngine>) async throws { try await promise.check(.embedded) }
}
