/// Who may know whom. The order of the toolkit is that of the page on its design: each target may use those before it.
enum Layers {
    static let toolkit = [
        "CSQLite", "CSimulatedDisk", "FlotillaCore", "FlotillaProtobuf", "FlotillaConfiguration",
        "FlotillaResilience", "FlotillaPolicies", "FlotillaProxy", "FlotillaObservability", "FlotillaSecurity",
        "FlotillaStorage", "FlotillaMessaging", "FlotillaEventSourcing", "FlotillaSagas", "FlotillaHTTP",
        "FlotillaRPC", "FlotillaTranscoding", "FlotillaGateway", "FlotillaRuntime", "FlotillaOperations",
        "FlotillaSimulation", "FlotillaTesting",
    ]

    /// What the targets of the Shop may import of each other; a service is not listed and may import `contracts`.
    static let contracts: Set<String> = ["ShopContracts", "ShopContractsRPC"]

    /// Modules of the network libraries, by how their names begin.
    static let networkPrefixes = ["NIO", "_NIO", "Hummingbird", "AsyncHTTPClient", "GRPC"]

    /// Where those may be imported. Engine adapters (Sources/Toolkit/Adapters) may as well.
    static let networkTargets: Set<String> = [
        "FlotillaHTTP", "FlotillaRPC", "FlotillaTranscoding", "FlotillaGateway", "ShopContractsRPC",
    ]

    /// What a Domain/ folder may import.
    static let domainModules: Set<String> = ["FlotillaCore", "ShopContracts", "Swift", "Synchronization"]

    static func isOurs(_ module: some StringProtocol) -> Bool {
        module.hasPrefix("Flotilla") || module.hasPrefix("Shop") || module == "CSQLite"
            || module == "CSimulatedDisk"
    }

    /// Why `target` may not use `module`, both of ours; nil when it may.
    static func objection(_ target: String, uses module: String) -> String? {
        if target == module { return nil }
        if target.hasPrefix("Shop") || target == "shop" { return shopObjection(target, uses: module) }
        guard !module.hasPrefix("Shop") else {
            return "\(target) is of the toolkit and may not know the Shop; take what it needs as an argument"
        }
        guard let own = toolkit.firstIndex(of: target) else {
            return "\(target) has no place in the order of layers; give it one in Layers.swift and in the design"
        }
        guard let other = toolkit.firstIndex(of: module) else {
            return "\(module) has no place in the order of layers; give it one in Layers.swift and in the design"
        }
        guard other < own else {
            return "\(target) lies below \(module); move the code up, or let \(target) declare a protocol for it"
        }
        return nil
    }

    private static func shopObjection(_ target: String, uses module: String) -> String? {
        if module == "FlotillaTesting" { return "FlotillaTesting imports Testing and must not be linked into shop" }
        guard module.hasPrefix("Shop") else { return nil }
        switch target {
        case "shop":
            return module == "ShopSystem" ? nil : "shop is a main.swift only; ShopSystem holds the fleet"
        case "ShopSystem": return nil
        case "ShopSimulation":
            return module == "ShopEdge"
                ? nil : "ShopSimulation is given the services and knows ShopEdge only, through which customers come"
        case "ShopContracts": return "ShopContracts holds messages only and uses nothing of the Shop"
        case "ShopContractsRPC":
            return module == "ShopContracts" ? nil : "ShopContractsRPC uses ShopContracts only"
        default:
            return contracts.contains(module)
                ? nil : "\(target) may not know \(module); services meet in ShopContracts, over gRPC or messages"
        }
    }
}
