internal import FlotillaCore

/// That a request may not go on, with the answer to it and the policy that says so.
struct AccessRefusal: Error, Sendable {
    /// Which policy refuses.
    enum Policy: String, Sendable, Hashable {
        /// It is not clear who calls: a token or key that is not valid.
        case authentication
        /// Who calls may not do this, or nobody is signed in.
        case access
        /// An application has used up its hour.
        case quota
    }

    var policy: Policy
    /// Kind `unauthenticated` (401), `denied` (403), `limited` (429) or `unavailable` (503).
    var error: ServiceError
    /// For `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 6750, section 3); nil: no such field.
    var challenge: String?

    /// A token or key that is not valid, or cannot be checked now.
    static func authentication(_ error: ServiceError) -> AccessRefusal {
        let challenge: String? =
            switch error.slug {
            case "invalid-token": #"Bearer error="invalid_token""#
            case _ where error.kind == .unauthenticated: "Bearer"
            default: nil
            }
        return AccessRefusal(policy: .authentication, error: error, challenge: challenge)
    }

    /// Nobody is signed in where somebody has to be.
    static let notSignedIn = AccessRefusal(
        policy: .access,
        error: ServiceError(
            .unauthenticated, "not-signed-in",
            "This is for known callers only: send `Authorization: Bearer` with a token, or X-API-Key."),
        challenge: "Bearer")

    /// Who calls may not do this.
    ///
    /// - Parameter scopes: those that a token would need, with a space between them; nil: scopes would not help.
    static func denied(_ detail: String, scopes: String? = nil) -> AccessRefusal {
        AccessRefusal(
            policy: .access, error: ServiceError(.denied, "access-denied", detail),
            challenge: scopes.map { #"Bearer error="insufficient_scope", scope="\#($0)""# })
    }
}
