public import FlotillaCore
internal import Synchronization

/// The instances of a service, each with what it takes to call it: a client, a connection, a responder.
///
/// One target is made for each incarnation of an instance, when it is first picked, and let go when the instance is no
/// longer known. Safe to share between tasks; `connect` may run twice for one incarnation, and one of the results is
/// then let go.
public final class Balanced<Target: Sendable>: Sendable {
    private struct Held {
        let endpoint: Endpoint
        let target: Target
    }

    /// Chooses among them.
    public let balancer: LoadBalancer
    private let connect: @Sendable (Instance) throws -> Target
    private let held = Mutex<[InstanceID: Held]>([:])

    /// - Parameter connect: makes what it takes to call an instance; it must not wait. What it throws fails the attempt
    ///   and counts against the instance.
    public init(_ balancer: LoadBalancer, connect: @escaping @Sendable (Instance) throws -> Target) {
        self.balancer = balancer
        self.connect = connect
    }

    /// Makes one call under a guard, as ``LoadBalancer/run(_:key:under:isIdempotent:_:)``, with the target of the
    /// endpoint that was picked.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, key: String? = nil, under callGuard: CallGuard, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (Target, CallContext) async throws -> T
    ) async throws -> T {
        try await balancer.run(context, key: key, under: callGuard, isIdempotent: isIdempotent) { endpoint, context in
            try await body(self.target(of: endpoint), context)
        }
    }

    /// Makes one call like ``run(_:key:under:isIdempotent:_:)``, with attempts that end in time by themselves, on the
    /// caller's task.
    public nonisolated(nonsending) func runCooperative<T>(
        _ context: CallContext, key: String? = nil, under callGuard: CallGuard, isIdempotent: Bool = true,
        _ body: (Target, CallContext) async throws -> T
    ) async throws -> T {
        try await balancer.runCooperative(
            context, key: key, under: callGuard, isIdempotent: isIdempotent
        ) { endpoint, context in
            try await body(self.target(of: endpoint), context)
        }
    }

    /// What it takes to call an endpoint.
    ///
    /// - Throws: what `connect` throws.
    public func target(of endpoint: Endpoint) throws -> Target {
        let id = endpoint.instance.id
        if let known = held.withLock({ $0[id] }), known.endpoint === endpoint { return known.target }
        let made = Held(endpoint: endpoint, target: try connect(endpoint.instance))
        let known = Set(balancer.snapshot().endpoints.map(\.instance.id))
        held.withLock { held in
            held = held.filter { known.contains($0.key) }
            held[id] = made
        }
        return made.target
    }
}
