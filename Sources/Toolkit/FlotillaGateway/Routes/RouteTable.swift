internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes

/// The gateway's routes, ready to be looked up. It never changes; a new table replaces it.
struct RouteTable: Sendable {
    /// What the gateway answers itself.
    enum Own: String, CaseIterable {
        case health = "/health"
        case live = "/health/live"
        case ready = "/health/ready"
        case openAPI = "/openapi.json"
    }

    enum Destination: Sendable {
        case own(Own)
        /// With the guard of the calls to it; without one for what the gateway has in itself.
        case service(GatewayRoute, CallGuard?)
    }

    let destinations: [Destination]
    let recorder: RequestRecorder
    private let tree: PathTree<Int>

    /// - Parameter guardian: that of the calls to a service, by its name.
    /// - Throws: ``ServiceError`` `gateway-routes` when two routes want the same requests.
    init(
        _ routes: [GatewayRoute], telemetry: Telemetry, guardian: (String) -> CallGuard?
    ) throws(ServiceError) {
        var tree = PathTree<Int>()
        var destinations: [Destination] = []
        var names: [RequestRecorder.RouteName] = []
        var doubled: [String] = []
        func add(_ destination: Destination, _ method: String, _ path: PathTemplate) {
            if !tree.insert(destinations.count, method: method, path) { doubled.append("\(method) \(path)") }
            destinations.append(destination)
            names.append(.init(method: method == "*" ? "any" : method, path: path.description))
        }
        for own in Own.allCases { add(.own(own), "GET", PathTemplate(own.rawValue)) }
        for route in routes {
            for method in route.methods.isEmpty ? ["*"] : route.methods.map(\.rawValue) {
                add(.service(route, guardian(route.service)), method, route.path)
            }
        }
        guard doubled.isEmpty else {
            throw ServiceError(
                .internal, "gateway-routes",
                "The gateway's routes contradict each other: there is more than one for "
                    + doubled.joined(separator: ", ") + ".")
        }
        self.tree = tree
        self.destinations = destinations
        recorder = RequestRecorder(telemetry: telemetry, routes: names, watchesStreams: false)
    }

    /// - Returns: the index of the destination; the values of placeholders are the service's business.
    func find(_ request: Request) throws(StatusError) -> Int {
        switch tree.find(method: request.method.rawValue, path: request.path) {
        case .found(let index, _): return index
        case .otherMethods(let methods): throw .methodNotAllowed(request.method.rawValue, allowed: methods)
        case .unknown: throw .unknownPath
        case .malformed: throw .malformedPath
        }
    }

    /// The index of the destination; nil when there is none.
    func index(method: String, path: String) -> Int? {
        guard case .found(let index, _) = tree.find(method: method, path: path) else { return nil }
        return index
    }

    /// Whether requests of that kind get through to that service.
    func forwards(method: String, path: String, to service: String) -> Bool {
        guard case .found(let index, _) = tree.find(method: method, path: path),
            case .service(let route, _) = destinations[index]
        else { return false }
        return route.service == service
    }
}
