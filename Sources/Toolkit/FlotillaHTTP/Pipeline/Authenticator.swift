public import FlotillaCore
public import FlotillaSecurity
internal import HTTPTypes

/// Finds out for whom a token speaks.
public protocol Authenticator: Sendable {
    /// - Throws: an error of kind ``ErrorKind/unauthenticated`` for a token that is not valid,
    ///   ``ErrorKind/unavailable`` when that cannot be found out now.
    func principal(for token: Secret) async throws -> Principal
}

extension TokenVerifier: Authenticator {
    /// Checks the token; see ``TokenVerifier/verify(_:)``.
    public func principal(for token: Secret) async throws -> Principal { try await verify(token) }
}

extension Request {
    /// The bearer token (RFC 6750); nil when there is none. Other schemes are left to the route.
    package var bearerToken: Secret? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return Secret(String(parts[1].drop { $0 == " " }))
    }
}
