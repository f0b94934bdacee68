public import FlotillaResilience
internal import GRPCCore
internal import GRPCInProcessTransport
internal import Synchronization

/// Where the callers and the callees of one process find each other, by the name of the service.
///
/// Hosts enter when they begin to run and leave when they stop; a channel looks the callee up for
/// every call, so it outlives any number of the callee's restarts. Where replicas of a service run, each attempt of a
/// call goes to the one that the service's balancer picks. Safe to share between tasks.
public final class RPCExchange: Sendable {
    private struct Entry {
        var id: UInt64
        var replica: Int
        var route: RPCRoute
    }

    private struct State {
        var nextID: UInt64 = 0
        /// By service, in the order of its replicas; never empty.
        var entries: [String: [Entry]] = [:]
    }

    private let state = Mutex(State())
    /// What carries the calls; nil: they are handed over.
    let link: (any RPCLink)?
    private let balancer: @Sendable (String) -> LoadBalancer?

    /// An exchange nobody has entered.
    ///
    /// - Parameters:
    ///   - link: the network a simulation puts between callers and callees.
    ///   - balancer: who spreads the calls of a service over its replicas, asked at every call; its instances are named
    ///     as ``instance(_:of:)`` says. Nil of a service that runs alone: all calls go to its first replica.
    public init(
        link: (any RPCLink)? = nil, balancer: @escaping @Sendable (String) -> LoadBalancer? = { _ in nil }
    ) {
        self.link = link
        self.balancer = balancer
    }

    /// The name that a balancer knows a replica of a service by: `carts-2`.
    public static func instance(_ replica: Int, of service: String) -> InstanceID {
        InstanceID(unchecked: "\(service)-\(replica)")
    }

    /// The services that can be called now, by name.
    public var services: [String] { state.withLock { $0.entries.keys.sorted() } }

    /// Whether anybody answers for `service` now.
    func isServed(_ service: String) -> Bool { state.withLock { $0.entries[service] != nil } }

    /// Who spreads the calls of `service`; nil: there is nothing to spread.
    func balancer(of service: String) -> LoadBalancer? { balancer(service) }

    /// Where a call to `service` goes.
    ///
    /// - Parameter instance: the replica that was picked; nil: the first there is.
    /// - Returns: nil while it does not run.
    func route(to service: String, at instance: InstanceID?) -> RPCRoute? {
        state.withLock { state in
            guard let entries = state.entries[service] else { return nil }
            guard let instance else { return entries.first?.route }
            return entries.first { $0.route.instance == instance }?.route
        }
    }

    /// Whether calls to `service` still go along that route, and not only along that of a successor.
    func holds(_ route: RPCRoute, of service: String) -> Bool {
        state.withLock { $0.entries[service]?.contains { $0.route.client === route.client } ?? false }
    }

    /// Sends calls to a replica of `service` along `route` from now on, whoever had that place before.
    ///
    /// - Returns: what ``leave(_:entry:)`` wants.
    func enter(_ service: String, replica: Int = 1, _ client: InProcessTransport.Client) -> UInt64 {
        let route = RPCRoute(
            instance: Self.instance(replica, of: service), client: GRPCClient(transport: client))
        return state.withLock { state in
            state.nextID += 1
            var entries = (state.entries[service] ?? []).filter { $0.replica != replica }
            entries.append(Entry(id: state.nextID, replica: replica, route: route))
            state.entries[service] = entries.sorted { $0.replica < $1.replica }
            return state.nextID
        }
    }

    /// Takes the entry away, unless a later one has taken its place.
    func leave(_ service: String, entry: UInt64) {
        state.withLock { state in
            let entries = (state.entries[service] ?? []).filter { $0.id != entry }
            state.entries[service] = entries.isEmpty ? nil : entries
        }
    }
}

/// A way to a replica. Nobody outside this module sees what it is made of.
///
/// The client is never connected by itself: its host runs the transport. It has no configuration, so gRPC's own
/// retries, which roll real dice, are off; ours are in FlotillaResilience.
struct RPCRoute: Sendable {
    let instance: InstanceID
    let client: GRPCClient<InProcessTransport.Client>
}
