internal import GRPCInProcessTransport
internal import Synchronization

/// Where the callers and the callees of one process find each other, by the name of the service.
///
/// Hosts enter when they begin to run and leave when they stop; a channel looks the callee up for
/// every call, so it outlives any number of the callee's restarts. Safe to share between tasks.
public final class RPCExchange: Sendable {
    private struct Entry {
        var id: UInt64
        var route: RPCRoute
    }

    private struct State {
        var nextID: UInt64 = 0
        var entries: [String: Entry] = [:]
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

    /// Where calls to `service` go; nil while it does not run.
    func route(to service: String) -> RPCRoute? { state.withLock { $0.entries[service]?.route } }

    /// Sends calls to `service` along `route` from now on, whoever had that name before.
    ///
    /// - Returns: what ``leave(_:entry:)`` wants.
    func enter(_ service: String, _ route: RPCRoute) -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            state.entries[service] = Entry(id: state.nextID, route: route)
            return state.nextID
        }
    }

    /// Takes the entry away, unless a later one has taken its place.
    func leave(_ service: String, entry: UInt64) {
        state.withLock { state in
            if state.entries[service]?.id == entry { state.entries[service] = nil }
        }
    }
}

/// A way to a callee. A transport over sockets becomes a second case; nobody outside this module sees which it is.
enum RPCRoute: Sendable {
    case inProcess(InProcessTransport.Client)
}
