internal import FlotillaCore
internal import FlotillaHTTP

extension Gateway {
    /// A request on its way in.
    struct Entry: Sendable {
        /// By which it is answered, also when another has come in the meantime.
        var table: RouteTable
        var started: RequestRecorder.Started
        /// What a look at its head has brought already; nil: nobody has looked.
        var permit: (route: Int, permit: Door.Permit)?
    }

    /// What a look at the head of a request tells.
    enum Admission {
        /// To be answered by ``respond(to:_:)``, once.
        case entered(Entry)
        /// There is too much to do. It has been counted.
        case shed(ServiceError)
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
            return .entered(entry)
        } catch {
            table.recorder.turnedAway(entry.started, route: index, status: 503)
            return .shed(error)
        }
    }
}
