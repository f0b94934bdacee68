public import FlotillaObservability
public import FlotillaResilience

/// The channels of one service, by the name of the callee.
///
/// What a service is given instead of an exchange, so that it never finds out where the callee runs.
public protocol RPCChannels: Sendable {
    /// A channel to `service`. Cheap, but meant to be asked for once, when the service is put together.
    func channel(to service: String) -> RPCChannel
}

extension RPCExchange {
    /// The channels of the service that `telemetry` belongs to, all over this exchange.
    public func channels(policies: PolicyRegistry, telemetry: Telemetry) -> any RPCChannels {
        ExchangeChannels(exchange: self, policies: policies, telemetry: telemetry)
    }
}

private struct ExchangeChannels: RPCChannels {
    let exchange: RPCExchange
    let policies: PolicyRegistry
    let telemetry: Telemetry

    func channel(to service: String) -> RPCChannel {
        RPCChannel(to: service, on: exchange, policies: policies, telemetry: telemetry)
    }
}
