internal import FlotillaCore
public import FlotillaMessaging

/// The services of a fleet and how they hang together; everything that depends on that is derived from it.
public struct FleetMap: Sendable {
    /// In the order in which they are started.
    public let services: [any ServiceBlueprint]

    /// - Throws: an error that names every contradiction: doubled names, messages nobody sends or
    ///   handles, calls to services that do not exist.
    public init(_ services: [any ServiceBlueprint]) throws {
        self.services = services
        let problems = Self.problems(services.map(\.manifest))
        guard problems.isEmpty else {
            throw ServiceError(
                .internal, "fleet-map", "The fleet's map is not sound: \(problems.joined(separator: "; ")).")
        }
    }

    public var manifests: [ServiceManifest] { services.map(\.manifest) }

    /// Every consumer of the fleet, whether it runs or not.
    public var interests: [Interest] {
        manifests.filter { !$0.consumes.isEmpty }.map { Interest(consumer: $0.name, types: Set($0.consumes)) }
    }

    /// - Throws: `replicas` for a name that is not in the map, or a number of copies that a service does not bear.
    func check(_ replicas: [String: Int]) throws {
        for (name, count) in replicas.sorted(by: { $0.key < $1.key }) {
            guard let manifest = manifests.first(where: { $0.name == name }) else {
                throw ServiceError(
                    .internal, "replicas",
                    "There is no service '\(name)' to run \(count) replicas of; there are "
                        + "\(manifests.map(\.name).joined(separator: ", ")).")
            }
            guard (1...manifest.replicasMax).contains(count) else {
                throw ServiceError(
                    .internal, "replicas",
                    "\(name) can run with 1 to \(manifest.replicasMax) replicas, and \(count) were asked for.")
            }
        }
    }

    private static func problems(_ manifests: [ServiceManifest]) -> [String] {
        var problems: [String] = []
        var names: Set<String> = []
        let published = Set(manifests.flatMap(\.publishes))
        for manifest in manifests {
            if !names.insert(manifest.name).inserted { problems.append("two services are called '\(manifest.name)'") }
            for type in Set(manifest.consumes).subtracting(published).sorted() {
                problems.append("'\(manifest.name)' handles \(type), which no service sends")
            }
        }
        for manifest in manifests {
            for callee in manifest.calls where !names.contains(callee) {
                problems.append("'\(manifest.name)' calls '\(callee)', which is not in the fleet")
            }
        }
        return problems
    }
}
