internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaResilience
internal import SwiftProtobuf
internal import Synchronization

/// A caller, a callee and a clock that moves by hand.
struct EchoSystem: Sendable {
    let time = ManualTime()
    let world: World
    let exchange = RPCExchange()
    let spans = SpanStore(capacity: 64)
    let metrics = MetricsRegistry()
    /// Set when a call is about to be repeated.
    let isRepeating = Seen<Bool>()
    let host: RPCHost
    let channel: RPCChannel
    /// That of the calls.
    let guardian: CallGuard

    init(
        policy: CallPolicy = CallPolicy(name: "once", timeout: .seconds(60), retry: nil, breaker: nil, bulkhead: nil),
        answer: @escaping @Sendable (String, RPCServerContext) async throws -> String = { text, _ in text },
        authenticate: RPCHost.Authenticate? = nil, allowedCallers: [String]? = nil
    ) {
        world = .manual(time)
        let telemetry = Telemetry(
            service: "echo", world: world, sink: NullLogSink(), metrics: metrics, spans: spans)
        host = RPCHost(
            [RPCService(EchoService(answer: answer))], on: exchange, telemetry: telemetry,
            authenticate: authenticate, allowedCallers: allowedCallers)
        let policies = PolicyRegistry(world: world, book: PolicyBook(standard: policy)) { [isRepeating] event in
            if case .retrying = event.kind { isRepeating.set(true) }
        }
        guardian = policies.callGuard(for: "caller → echo.Say")
        channel = RPCChannel(
            to: "echo", on: exchange, policies: policies, telemetry: telemetry.renamed("caller"))
    }

    /// Runs the callee while `body` runs.
    func running<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            await until { exchange.services == ["echo"] }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    func say(_ text: String, _ context: CallContext? = nil) async throws -> String {
        try await channel.unary(.say, Text(text), context ?? call()).value
    }

    func call(timeout: Duration = .seconds(5)) -> CallContext { .root(world, timeout: timeout) }
}

/// Waits for something another task does, without sleeping.
func until(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

/// The error a call ends in; nil when it succeeds.
func failure(_ body: () async throws -> some Sendable) async -> ServiceError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ServiceError
    }
}

/// A box for what a callee saw.
final class Seen<Value: Sendable>: Sendable {
    private let box = Mutex<Value?>(nil)
    var value: Value? { box.withLock { $0 } }
    func set(_ value: Value) { box.withLock { $0 = value } }
}
