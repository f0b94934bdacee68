public import FlotillaCore
internal import JWTKit

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Makes access tokens: JSON Web Tokens signed with RS256 (RFC 7515, RFC 7519).
///
/// The same world, key and principal give the same token byte for byte: claims are written in alphabetical order
/// and RS256 has no randomness of its own.
public struct TokenIssuer: Sendable {
    /// The longest a token may live; what is stolen is worth little.
    public static let lifetimeMax: Duration = .seconds(3600)

    /// Who issues: the `iss` claim, an URL.
    public let issuer: String
    /// Whom the tokens are for: the `aud` claim.
    public let audience: String
    /// The public keys as JSON: the one that signs now, then those that did (RFC 7517).
    public let jwksJSON: [UInt8]

    private let key: SigningKey
    private let world: World

    /// - Parameters:
    ///   - key: signs new tokens.
    ///   - retired: keys that signed until lately; they stay in the key set so that their last tokens stay valid.
    ///     At most 8.
    public init(issuer: String, audience: String, key: SigningKey, retired: [SigningKey] = [], world: World) {
        precondition(retired.count <= 8, "a key set has at most 8 retired keys; drop those older than an hour")
        self.issuer = issuer
        self.audience = audience
        self.key = key
        self.world = world
        jwksJSON = Array((#"{"keys":["# + ([key] + retired).map(\.jwk).joined(separator: ",") + "]}").utf8)
    }

    /// A token for `principal`.
    ///
    /// - Parameters:
    ///   - lifetime: from one second to ``lifetimeMax``; anything else is a defect of the caller.
    ///   - sessionID: the sign-in it belongs to, to be found again as ``VerifiedToken/sessionID``.
    /// - Throws: only if the cryptographic library fails.
    public func issue(
        principal: Principal, lifetime: Duration, sessionID: String? = nil
    ) async throws -> Secret {
        precondition(
            lifetime >= .seconds(1) && lifetime <= Self.lifetimeMax, "a token lives for 1 s to 1 h, not \(lifetime)")
        let now = world.now
        let claims = TokenClaims(
            iss: issuer, sub: principal.id, aud: .one(audience), iat: Double(now.seconds),
            exp: Double((now + lifetime).seconds), jti: world.ids.make(), sid: sessionID,
            role: principal.role.rawValue, tier: principal.tier,
            region: principal.region.isEmpty ? nil : principal.region,
            scope: principal.scopes.isEmpty ? nil : principal.scopes.joined(separator: " "))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let keys = JWTKeyCollection()
        let kid = JWKIdentifier(string: key.id)
        await keys.add(
            rsa: key.rsa, digestAlgorithm: .sha256, kid: kid, serializer: DefaultJWTSerializer(jsonEncoder: encoder))
        return Secret(try await keys.sign(claims, kid: kid))
    }
}

extension TokenIssuer: JWKSSource {
    public func jwks() async throws -> [UInt8] { jwksJSON }
}
