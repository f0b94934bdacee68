public import FlotillaCore
internal import JWTKit

/// Checks access tokens and tells whom they speak for.
///
/// Accepted is RS256 only, from the named issuer, for the named audience, with a key the issuer publishes, living at
/// most an hour (RFC 7519, RFC 8725). A token that was found valid is remembered by its SHA-256 until it expires, so
/// checking it again costs a hash and a look-up; when the issuer's key set changes, all are forgotten.
///
/// Safe to share; one per process is enough.
public final class TokenVerifier: Sendable {
    /// How much the verifier keeps and how often it asks for keys.
    public struct Limits: Sendable {
        /// Valid tokens remembered, at most; the one not used for longest goes first.
        public var cachedTokensMax = 10_000
        /// A key name that is not known causes at most one fetch of the keys in this time.
        public var unknownKeyInterval: Duration = .seconds(30)
        /// Keys older than this are fetched again; while that fails the old ones stay in use.
        public var keysAgeMax: Duration = .seconds(3600)
        /// How far the issuer's clock may be ahead (`iat`, `nbf`). `exp` is taken exactly.
        public var clockSkewMax: Duration = .seconds(10)

        public init() {}
    }

    private let issuer: String
    private let audience: String
    private let world: World
    private let limits: Limits
    private let keys: KeyRefresher
    private let cache: TokenCache

    public init(
        issuer: String, audience: String, keys: any JWKSSource, world: World, limits: Limits = Limits()
    ) {
        self.issuer = issuer
        self.audience = audience
        self.world = world
        self.limits = limits
        let cache = TokenCache(countMax: limits.cachedTokensMax)
        self.cache = cache
        self.keys = KeyRefresher(
            source: keys, time: world.time,
            limits: .init(unknownKeyInterval: limits.unknownKeyInterval, keysAgeMax: limits.keysAgeMax),
            onChange: { cache.removeAll() })
    }

    /// Who `token` speaks for.
    ///
    /// - Throws: ``ServiceError`` `invalid-token` (401) with the reason, never with anything of the token;
    ///   `token-keys-unavailable` (503) when the issuer's keys cannot be had.
    public func verify(_ token: Secret) async throws -> Principal {
        try await verified(token).principal
    }

    /// Like ``verify(_:)``, with the token's own data.
    public func verified(_ token: Secret) async throws -> VerifiedToken {
        guard token.exposed.utf8.count <= TokenParts.tokenBytesMax else {
            throw ServiceError.invalidToken("The token has more than \(TokenParts.tokenBytesMax) bytes.")
        }
        let fingerprint = TokenFingerprint(token)
        if let known = cache.value(for: fingerprint) {
            guard world.now < known.expiresAt else {
                cache.remove(fingerprint)
                throw Self.expired
            }
            return known
        }
        let parts = try TokenParts(token)
        let generation = cache.generation
        guard let key = try await keys.key(parts.keyID) else {
            throw ServiceError.invalidToken(
                "The token is signed with a key the issuer does not publish; sign in again.")
        }
        guard try key.verify(parts.signature, signs: parts.signedBytes) else {
            throw ServiceError.invalidToken("The token's signature does not fit its content.")
        }
        let verified = try check(parts.claims())
        cache.insert(verified, for: fingerprint, ifStill: generation)
        return verified
    }

    private func check(_ claims: TokenClaims) throws -> VerifiedToken {
        guard claims.iss == issuer else {
            throw ServiceError.invalidToken("The token comes from another issuer.")
        }
        guard claims.aud.contains(audience) else {
            throw ServiceError.invalidToken("The token is meant for another audience.")
        }
        guard (1...128).contains(claims.sub.utf8.count), (claims.scope?.utf8.count ?? 0) <= 2048 else {
            throw ServiceError.invalidToken("The token names no subject, or too long a subject or scope.")
        }
        let times = [claims.iat, claims.exp, claims.nbf ?? 0]
        guard times.allSatisfy({ $0.isFinite && (0...253_402_300_799).contains($0) }) else {
            throw ServiceError.invalidToken("A time in the token is not within the years 1970 to 9999.")
        }
        guard claims.exp - claims.iat <= TokenIssuer.lifetimeMax.inSeconds else {
            throw ServiceError.invalidToken("The token lives for longer than an hour.")
        }
        let now = world.now
        let latestStart = (now + limits.clockSkewMax).inSecondsSince1970
        guard claims.iat <= latestStart, claims.nbf ?? 0 <= latestStart else {
            throw ServiceError.invalidToken("The token is not valid yet; check the clocks.")
        }
        let expiresAt = Timestamp(microseconds: Int64(claims.exp * 1_000_000))
        guard now < expiresAt else { throw Self.expired }
        return VerifiedToken(
            principal: claims.principal, tokenID: claims.jti, sessionID: claims.sid, expiresAt: expiresAt)
    }

    private static let expired = ServiceError.invalidToken("The token has expired; refresh it or sign in again.")
}

/// What a token said that was found valid.
public struct VerifiedToken: Sendable, Hashable {
    /// Whom it speaks for.
    public var principal: Principal
    /// The token's own ID (`jti`), for audit.
    public var tokenID: String?
    /// The sign-in it belongs to (`sid`).
    public var sessionID: String?
    /// From then on it is refused.
    public var expiresAt: Timestamp
}

extension Timestamp {
    /// With the fraction, as in a JSON Web Token's NumericDate.
    fileprivate var inSecondsSince1970: Double { Double(microseconds) / 1_000_000 }
}
