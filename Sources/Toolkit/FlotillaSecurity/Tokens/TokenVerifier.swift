public import FlotillaCore

/// Checks access tokens and tells whom they speak for.
///
/// Accepted is RS256, and ES256 where that is asked for, from the named issuer, for the named audience, with a key the
/// issuer publishes, living at most an hour (RFC 7519, RFC 8725). A token that was found valid is remembered by its
/// SHA-256 until it expires, so checking it again costs a hash and a look-up; when the issuer's key set changes, all
/// are forgotten.
///
/// Safe to share; one per process is enough.
public final class TokenVerifier: Sendable {
    /// How much the verifier keeps and how often it asks for keys.
    public struct Limits: Sendable {
        /// Valid tokens remembered, at most; the one not used for longest goes first. 0: none, for whoever remembers
        /// them itself.
        public var cachedTokensMax = 10_000
        /// A key name that is not known causes at most one fetch of the keys in this time.
        public var unknownKeyInterval: Duration = .seconds(30)
        /// Keys older than this are fetched again; while that fails the old ones stay in use.
        public var keysAgeMax: Duration = .seconds(3600)
        /// How far the issuer's clock may be ahead (`iat`, `nbf`). `exp` is taken exactly.
        public var clockSkewMax: Duration = .seconds(10)
        /// For how long a token may be valid in all; ours are for an hour at most.
        public var lifetimeMax: Duration = TokenIssuer.lifetimeMax

        public init() {}
    }

    private let issuer: String
    private let audience: String
    private let algorithms: [TokenAlgorithm]
    private let claims: ClaimNames
    private let world: World
    private let limits: Limits
    private let keys: KeyRefresher
    private let cache: TokenCache?

    /// - Parameters:
    ///   - algorithms: by which tokens may be signed; at least one.
    ///   - claims: by what names the issuer says who somebody is.
    ///   - onKeysChange: called when keys known so far have been replaced by a different set: what was found valid
    ///     may no longer be.
    public init(
        issuer: String, audience: String, keys: any JWKSSource, algorithms: [TokenAlgorithm] = [.rs256],
        claims: ClaimNames = ClaimNames(), world: World, limits: Limits = Limits(),
        onKeysChange: @escaping @Sendable () -> Void = {}
    ) {
        precondition(!algorithms.isEmpty, "a verifier accepts at least one algorithm")
        self.issuer = issuer
        self.audience = audience
        self.world = world
        self.limits = limits
        self.algorithms = algorithms
        self.claims = claims
        let cache = limits.cachedTokensMax > 0 ? TokenCache(countMax: limits.cachedTokensMax) : nil
        self.cache = cache
        self.keys = KeyRefresher(
            source: keys, time: world.time,
            limits: .init(unknownKeyInterval: limits.unknownKeyInterval, keysAgeMax: limits.keysAgeMax),
            onChange: {
                cache?.removeAll()
                onKeysChange()
            })
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
        guard let cache else { return try await checked(token) }
        let digest = SecretDigest(of: token)
        if let known = cache.value(for: digest) {
            guard world.now < known.expiresAt else {
                cache.remove(digest)
                throw ServiceError.expiredToken
            }
            return known
        }
        let generation = cache.generation
        let verified = try await checked(token)
        cache.insert(verified, for: digest, ifStill: generation)
        return verified
    }

    private func checked(_ token: Secret) async throws -> VerifiedToken {
        let parts = try TokenParts(token, accepting: algorithms)
        guard let key = try await keys.key(parts.keyID) else {
            throw ServiceError.invalidToken(
                "The token is signed with a key the issuer does not publish; sign in again.")
        }
        guard key.algorithm == parts.algorithm else {
            throw ServiceError.invalidToken("The token's algorithm is not that of the key it names.")
        }
        guard try key.isSignature(parts.signature, of: parts.signedBytes) else {
            throw ServiceError.invalidToken("The token's signature does not fit its content.")
        }
        let (claims, principal) = try parts.claims(self.claims)
        return try check(claims, principal)
    }

    private func check(_ claims: RegisteredClaims, _ principal: Principal) throws -> VerifiedToken {
        guard claims.iss == issuer else {
            throw ServiceError.invalidToken("The token comes from another issuer.")
        }
        guard claims.aud.contains(audience) else {
            throw ServiceError.invalidToken("The token is meant for another audience.")
        }
        let scopeBytes = principal.scopes.reduce(0) { $0 + $1.utf8.count + 1 }
        guard (1...128).contains(principal.id.utf8.count), scopeBytes <= 2049 else {
            throw ServiceError.invalidToken("The token names no subject, or too long a subject or scope.")
        }
        let times = [claims.iat, claims.exp, claims.nbf ?? 0]
        guard times.allSatisfy({ $0.isFinite && (0...253_402_300_799).contains($0) }) else {
            throw ServiceError.invalidToken("A time in the token is not within the years 1970 to 9999.")
        }
        guard claims.exp - claims.iat <= limits.lifetimeMax.inSeconds else {
            let most = limits.lifetimeMax == .seconds(3600) ? "an hour" : "\(limits.lifetimeMax)"
            throw ServiceError.invalidToken("The token lives for longer than \(most).")
        }
        let now = world.now
        let latestStart = (now + limits.clockSkewMax).inSecondsSince1970
        guard claims.iat <= latestStart, claims.nbf ?? 0 <= latestStart else {
            throw ServiceError.invalidToken("The token is not valid yet; check the clocks.")
        }
        let expiresAt = Timestamp(microseconds: Int64(claims.exp * 1_000_000))
        guard now < expiresAt else { throw ServiceError.expiredToken }
        return VerifiedToken(
            principal: principal, tokenID: claims.jti, sessionID: claims.sid, expiresAt: expiresAt)
    }

}

extension ServiceError {
    /// A token that was valid once (401, `invalid-token`).
    public static let expiredToken = invalidToken("The token has expired; refresh it or sign in again.")
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
