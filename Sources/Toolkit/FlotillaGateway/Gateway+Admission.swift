internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

extension Gateway {
    /// A request on its way in.
    struct Entry: Sendable {
        /// By which it is answered, also when another has come in the meantime.
        var table: RouteTable
        var started: RequestRecorder.Started
        /// What a look at its head has brought already; nil: nobody has looked.
        var permit: (route: Int, permit: Door.Permit)?
        /// What is to be done first when there is much to do.
        var priority = CallPriority.standard
    }

    /// What a look at the head of a request tells.
    enum Admission {
        /// To be answered by ``respond(to:_:)``, once.
        case entered(Entry)
        /// There is too much to do: to be answered by what ``recall(_:insteadOf:)`` finds, or by the error and
        /// ``turnedAway(_:)``.
        case shed(Shed)
    }

    /// A request there is no room for.
    struct Shed: Sendable {
        fileprivate var entry: Entry
        fileprivate var route: Int
        var error: ServiceError
        /// How old an answer may be that is given instead; nil: there is none.
        var staleMax: Duration?
    }

    /// Lets a request in, or turns it away, by its head alone. It does not wait, and costs next to nothing.
    ///
    /// - Parameter path: percent-encoded, without the query.
    func admit(method: String, path: String) -> Admission {
        let table = table
        var entry = Entry(table: table, started: table.recorder.start())
        // What is not found, and what the gateway answers itself, is let in by all means.
        guard let index = table.index(method: method, path: path),
            case .service(let route, _) = table.destinations[index]
        else { return .entered(entry) }
        do {
            entry.permit = (index, try door.enter(route.priority, route: index))
            entry.priority = route.priority
            return .entered(entry)
        } catch {
            let staleMax = method == "GET" ? route.staleMax : nil
            return .shed(Shed(entry: entry, route: index, error: error, staleMax: staleMax))
        }
    }

    /// The last good answer to the same request, if the route allows one and it is young enough, for there is no room
    /// to make a new one. It is counted.
    func recall(_ target: String, insteadOf shed: Shed) -> Response? {
        guard let staleMax = shed.staleMax,
            let response = kept.recall(target, staleMax, because: shed.error.slug)
        else { return nil }
        shed.entry.table.recorder.count(shed.entry.started, route: shed.route, status: response.status.code)
        return response
    }

    /// Counts a request that is turned away.
    func turnedAway(_ shed: Shed) {
        shed.entry.table.recorder.count(shed.entry.started, route: shed.route, status: 503)
    }
}
