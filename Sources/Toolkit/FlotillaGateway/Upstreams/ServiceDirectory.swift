public import FlotillaHTTP

/// Where the gateway finds the services it forwards to.
public protocol ServiceDirectory: Sendable {
    /// What answers for the service now; nil while it is away.
    func responder(for service: String) -> (any Responder)?
}

/// A directory that never changes.
public struct StaticDirectory: ServiceDirectory {
    private let responders: [String: any Responder]

    public init(_ responders: [String: any Responder]) { self.responders = responders }

    /// The responder given at the start for that name.
    public func responder(for service: String) -> (any Responder)? { responders[service] }
}

/// Some services of one's own before those of another directory.
struct LayeredDirectory: ServiceDirectory {
    let own: [String: any Responder]
    let rest: any ServiceDirectory

    func responder(for service: String) -> (any Responder)? { own[service] ?? rest.responder(for: service) }
}
