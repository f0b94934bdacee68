internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaRuntime
internal import HTTPTypes
internal import ShopEdge

/// The Shop's policies: its own file, and whom they are for.
enum ShopPolicies {
    /// The name of the Shop's own file in messages.
    static let ownName = "policies.yaml"

    /// The policy file and where to watch it; the Shop's own one, which is part of the program, is not watched.
    ///
    /// - Parameter path: nil: the Shop's own.
    static func file(_ path: String?) throws(ConfigurationError) -> (file: ConfigurationFile, path: String?) {
        guard let path else {
            let text = String(decoding: PackageResources.policies_yaml, as: UTF8.self)
            return (ConfigurationFile(path: ownName, text: text), nil)
        }
        return (try ConfigurationFile.read(path), path)
    }

    /// Who calls whom in the Shop, the gateway and its compositions included, and every way in.
    static func shape(of map: FleetMap) -> FleetShape {
        var shape = map.shape
        let door = "gateway"
        let services = Set(ShopGateway.routes.map(\.service)).subtracting([ShopGateway.edge])
        shape.members.append(FleetShape.Member(door, calls: services.sorted(), isService: false))
        shape.members.append(
            FleetShape.Member(ShopGateway.edge, calls: ShopGateway.edgeCalls, isService: false))
        // The fleet itself asks for the keys by which tokens are checked.
        shape.members.append(FleetShape.Member(Fleet.caller, calls: ["users"], isService: false))
        shape.routes = ShopGateway.routes.flatMap { route in
            // Without methods it takes all of them, and what holds for a write is the worst but for its repeats.
            (route.methods.isEmpty ? [.get, .post] : route.methods).map { method in
                FleetShape.Route(
                    "\(method.rawValue) \(route.path)", door: door, to: route.service, timeout: route.timeout,
                    isRead: method == .get, isLocal: route.service == ShopGateway.edge)
            }
        }
        return shape
    }
}
