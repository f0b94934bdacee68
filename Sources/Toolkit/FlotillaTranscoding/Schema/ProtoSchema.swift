/// The messages, enumerations and services of some .proto files, as data: what a codec needs that has no generated
/// code (a descriptor pool).
///
/// Immutable and safe to share. Types refer to each other by their places, so that a message can contain itself.
public struct ProtoSchema: Sendable {
    /// Each after its enclosing one.
    let messages: [MessageType]
    let enums: [EnumType]
    /// In the order of the files.
    let services: [ServiceType]
    private let messagePlaces: [String: Int]
    private let methodPlaces: [String: (service: Int, method: Int)]

    init(messages: [MessageType], enums: [EnumType], services: [ServiceType]) {
        self.messages = messages
        self.enums = enums
        self.services = services
        messagePlaces = Dictionary(messages.enumerated().map { ($1.fullName, $0) }) { first, _ in first }
        var places: [String: (service: Int, method: Int)] = [:]
        for (index, service) in services.enumerated() {
            for (place, method) in service.methods.enumerated() {
                places["\(service.fullName)/\(method.name)"] = (index, place)
            }
        }
        methodPlaces = places
    }

    /// The full names of the services, in the order of the files.
    public var serviceNames: [String] { services.map(\.fullName) }

    /// The methods, as `package.Service/Method`, in the order of the files.
    public var methodNames: [String] {
        services.flatMap { service in service.methods.map { "\(service.fullName)/\($0.name)" } }
    }

    /// - Parameter name: with its package: `shop.values.v1.MoneyValue`.
    func message(named name: String) -> MessageType? { messagePlaces[name].map { messages[$0] } }

    /// - Parameter name: `package.Service/Method`.
    func method(named name: String) -> MethodType? {
        methodPlaces[name].map { services[$0.service].methods[$0.method] }
    }
}
