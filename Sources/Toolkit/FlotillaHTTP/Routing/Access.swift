public import FlotillaCore

/// Who may use a route.
public enum Access: Sendable, Hashable {
    /// Anybody, with or without a token.
    case anyone
    /// Anybody with a valid token.
    case signedIn
    /// Those in one of these roles.
    case roles(Set<Principal.Role>)

    /// - Throws: `not-signed-in` (401) or `not-allowed` (403).
    public func check(_ principal: Principal?) throws(ServiceError) {
        switch self {
        case .anyone: return
        case .signedIn:
            if principal == nil { throw Self.notSignedIn }
        case .roles(let roles):
            guard let principal else { throw Self.notSignedIn }
            guard roles.contains(principal.role) else {
                let names = roles.map(\.rawValue).sorted().joined(separator: ", ")
                throw ServiceError(
                    .denied, "not-allowed", "This needs the role \(names); yours is \(principal.role.rawValue).")
            }
        }
    }

    static var notSignedIn: ServiceError {
        ServiceError(
            .unauthenticated, "not-signed-in",
            "This needs a token: sign in and send it as \"Authorization: Bearer …\".")
    }
}
