internal import GRPCInProcessTransport
internal import Synchronization

/// Where the callers and the callees of one process find each other, by the name of the service.
///
/// Hosts enter when they begin to run and leave when they stop; a channel looks the callee up for
/// every call, so it outlives any number of the callee's restarts. Where replicas of a service run, they are called in
/// turn. Safe to share between tasks.
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
        var turn = 0
    }

    private let state = Mutex(State())
    /// What carries the calls; nil: they are handed over.
    let link: (any RPCLink)?

    /// An exchange nobody has entered.
    ///
    /// - Parameter link: the network a simulation puts between callers and callees.
    public init(link: (any RPCLink)? = nil) { self.link = link }

    /// The services that can be called now, by name.
    public var services: [String] { state.withLock { $0.entries.keys.sorted() } }

    /// Where the next call to `service` goes; nil while it does not run.
    func route(to service: String) -> RPCRoute? {
        state.withLock { state in
            guard let entries = state.entries[service] else { return nil }
            guard entries.count > 1 else { return entries.first?.route }
            state.turn &+= 1
            return entries[Int(UInt(bitPattern: state.turn) % UInt(entries.count))].route
        }
    }

    /// Sends calls to a replica of `service` along `route` from now on, whoever had that place before.
    ///
    /// - Returns: what ``leave(_:entry:)`` wants.
    func enter(_ service: String, replica: Int = 1, _ route: RPCRoute) -> UInt64 {
        state.withLock { state in
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

/// A way to a callee. A transport over sockets becomes a second case; nobody outside this module sees which it is.
enum RPCRoute: Sendable {
    case inProcess(InProcessTransport.Client)
}
