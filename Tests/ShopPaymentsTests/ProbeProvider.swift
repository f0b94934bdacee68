internal import FlotillaCore
internal import FlotillaRuntime
internal import FlotillaStorage
internal import Synchronization

@testable internal import ShopPayments

/// The sandbox provider with an eye on it: counts what it is asked, and can hold a call up or break it.
final class ProbeProvider: PaymentProvider {
    enum Moment: Sendable, Hashable {
        case beforeCharge
        case afterCharge
        case beforeRefund
    }

    private struct State {
        var charges: [String] = []
        var refunds: [String] = []
        var held: Set<Moment> = []
        var isAway = false
    }

    private let sandbox: SandboxProvider
    private let world: World
    private let state = Mutex(State())

    init(_ needs: ServiceNeeds) throws {
        sandbox = try SandboxProvider(
            folder: needs.folder, world: needs.world, latency: .zero, options: Database.Options())
        world = needs.world
    }

    /// The keys of the charges it was asked for, in order.
    var charges: [String] { state.withLock { $0.charges } }
    /// The keys of the refunds it was asked for, in order.
    var refunds: [String] { state.withLock { $0.refunds } }

    /// From now on calls stop at that moment, until the clock has moved on after ``release(_:)``.
    func hold(_ moment: Moment) { state.withLock { _ = $0.held.insert(moment) } }
    func release(_ moment: Moment) { state.withLock { _ = $0.held.remove(moment) } }

    /// From now on nobody answers, or somebody again.
    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func charge(_ charge: Charge, context: CallContext) async throws -> ChargeAnswer {
        state.withLock { $0.charges.append(charge.key) }
        try checkPresent()
        try await pass(.beforeCharge)
        let answer = try await sandbox.charge(charge, context: context)
        try await pass(.afterCharge)
        return answer
    }

    func refund(chargeKey: String, context: CallContext) async throws -> RefundAnswer {
        state.withLock { $0.refunds.append(chargeKey) }
        try checkPresent()
        try await pass(.beforeRefund)
        return try await sandbox.refund(chargeKey: chargeKey, context: context)
    }

    func checkReachable() async throws { try checkPresent() }

    private func checkPresent() throws {
        if state.withLock({ $0.isAway }) { throw ServiceError.unavailable("the provider") }
    }

    private func pass(_ moment: Moment) async throws {
        while state.withLock({ $0.held.contains(moment) }) { try await world.time.sleep(for: .milliseconds(10)) }
    }
}

/// Where a test finds the provider that the service has made for itself.
final class ProbeBox: Sendable {
    private let value = Mutex<ProbeProvider?>(nil)

    /// Payments with a provider that can be watched.
    var service: PaymentsService {
        PaymentsService { needs in
            let probe = try ProbeProvider(needs)
            self.value.withLock { $0 = probe }
            return probe
        }
    }

    /// The provider of the last incarnation.
    var probe: ProbeProvider {
        value.withLock { value in
            guard let value else { preconditionFailure("the service was not started") }
            return value
        }
    }
}
