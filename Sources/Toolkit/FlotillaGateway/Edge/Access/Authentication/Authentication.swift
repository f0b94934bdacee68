internal import FlotillaCore
internal import FlotillaProxy
internal import FlotillaResilience
internal import FlotillaSecurity

/// Finds out who sends a request, on a loop's thread: by a token that is known, a key, a certificate.
///
/// A token that is not known yet is verified by a task (``findOut(_:)``), which leaves what it finds here; the request
/// is then decided about again. Safe to share.
final class Authentication: Sendable {
    /// What the proofs of a request come to.
    enum Finding: Sendable {
        /// No proof came with it.
        case nobody
        case caller(Caller)
        /// To be verified first.
        case unknownToken(Secret)
        case refused(AccessRefusal)
    }

    /// How an application's hour stands.
    struct Quota: Sendable {
        var limit: RateLimit
        var decision: RateLimit.Decision
    }

    /// What is asked of the issuer's keys, and the tokens found valid by them: kept while the plan stays the same.
    private struct Tokens: Sendable {
        let verifier: TokenVerifier
        let known: KnownTokens
        /// Tokens refused lately, so that one that comes again and again is verified once.
        let refused: KnownTokens
    }

    /// How long a refusal is remembered.
    static let refusalMax = Duration.seconds(5)
    /// Shorter and longer tokens are refused unread.
    static let tokenBytes = 16...8_192
    static let keyBytesMax = 512

    let plan: AuthenticationPlan
    private let world: World
    private let tokens: Tokens?
    private let applications: [SecretDigest: Caller.Application]
    private let machines: [AuthenticationPlan.Certificate.Match: Caller.Machine]
    private let quotas: RateLimiterTable<String>

    /// - Parameters:
    ///   - keys: where a key set is to be had; asked once, when there are tokens.
    ///   - before: whose place this takes: quotas go on counting, and tokens stay known if the plan for them is the
    ///     same.
    init(
        _ plan: AuthenticationPlan, world: World, continuing before: Authentication? = nil,
        keys: (AuthenticationPlan.Tokens.Keys) -> any JWKSSource
    ) {
        self.plan = plan
        self.world = world
        if let before, before.plan.tokens == plan.tokens {
            tokens = before.tokens
        } else {
            tokens = plan.tokens.map { Self.tokens($0, keys($0.keys), world) }
        }
        applications = Dictionary(
            plan.apiKeys.map { ($0.digest, Caller.Application($0)) }, uniquingKeysWith: { first, _ in first })
        machines = Dictionary(
            plan.certificates.map { ($0.match, Caller.Machine($0)) }, uniquingKeysWith: { first, _ in first })
        quotas = before?.quotas ?? RateLimiterTable(keysMax: 4_096, time: world.time)
    }

    private static func tokens(
        _ plan: AuthenticationPlan.Tokens, _ source: any JWKSSource, _ world: World
    ) -> Tokens {
        let known = KnownTokens(countMax: plan.rememberedMax)
        let refused = KnownTokens(countMax: 512)
        var limits = TokenVerifier.Limits()
        limits.cachedTokensMax = 0
        limits.keysAgeMax = plan.keysAgeMax
        limits.lifetimeMax = plan.lifetimeMax
        let verifier = TokenVerifier(
            issuer: plan.issuer, audience: plan.audience, keys: source, algorithms: plan.algorithms,
            claims: plan.claims, world: world, limits: limits,
            onKeysChange: {
                known.removeAll()
                refused.removeAll()
            })
        return Tokens(verifier: verifier, known: known, refused: refused)
    }

    // MARK: On the loop's thread

    /// Who sends a request with these fields.
    ///
    /// - Parameters:
    ///   - authorization: the value of `Authorization`; nil: there is none. Schemes other than Bearer are the
    ///     service's business.
    ///   - apiKey: the value of `X-API-Key`.
    func find(
        authorization: UnsafeRawBufferPointer?, apiKey: UnsafeRawBufferPointer?, certificate: ClientIdentity?,
        now: Timestamp
    ) -> Finding {
        var application: Caller.Application?
        if let apiKey, !applications.isEmpty {
            guard apiKey.count <= Self.keyBytesMax, let found = applications[SecretDigest(of: apiKey)] else {
                return .refused(Self.unknownKey)
            }
            application = found
        }
        let machine = certificate.flatMap(machine)
        guard let tokens, let token = authorization.flatMap(Self.bearerToken) else {
            return Caller(application: application, machine: machine).map { .caller($0) } ?? .nobody
        }
        switch standing(token, tokens, now) {
        case .user(let user)?:
            return Caller(user: user, application: application, machine: machine).map { .caller($0) } ?? .nobody
        case .refused(let error)?: return .refused(.authentication(error))
        case nil:
            // What is found out is remembered by the bytes, so they have to be a text that gives the same again.
            guard Self.tokenBytes.contains(token.count), token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                return .refused(Self.noToken)
            }
            return .unknownToken(Secret(String(decoding: token, as: UTF8.self)))
        }
    }

    /// Who sends a request.
    func find(
        _ head: borrowing some EdgeHead & ~Copyable, certificate: ClientIdentity?, now: Timestamp
    ) -> Finding {
        head.withField(.authorization) { authorization in
            head.withField(.xAPIKey) { apiKey in
                find(authorization: authorization, apiKey: apiKey, certificate: certificate, now: now)
            }
        }
    }

    /// What is known of a token; nil: nothing yet.
    func known(_ token: UnsafeRawBufferPointer, now: Timestamp) -> KnownTokens.Verdict? {
        tokens.flatMap { standing(token, $0, now) }
    }

    private func standing(
        _ token: UnsafeRawBufferPointer, _ tokens: Tokens, _ now: Timestamp
    ) -> KnownTokens.Verdict? {
        if let (verdict, until) = tokens.known.verdict(token) {
            return now < until ? verdict : .refused(.expiredToken)
        }
        guard let (verdict, until) = tokens.refused.verdict(token), now < until else { return nil }
        return verdict
    }

    /// Counts a request against the hour of the caller's application; nil when there is none or it has no bound.
    func takeQuota(_ caller: Caller) -> Quota? {
        guard let plan = caller.application?.plan, let perHour = plan.perHour else { return nil }
        let limit = RateLimit(.fixedWindow, perHour, per: .seconds(3_600))
        return Quota(limit: limit, decision: quotas.take(key: plan.name, limit: limit))
    }

    // MARK: In a task

    /// Verifies a token and remembers what it is worth. Never throws: what is wrong is part of that.
    func findOut(_ token: Secret) async {
        do {
            _ = try await verify(token)
        } catch {
            // It is told to whoever asks next, by ``find(authorization:apiKey:certificate:now:)``.
        }
    }

    /// Verifies a token and remembers what it is worth.
    ///
    /// - Throws: ``ServiceError`` `invalid-token` (401) or `token-keys-unavailable` (503); `CancellationError`, of
    ///   which nothing is remembered.
    func verify(_ token: Secret) async throws -> Caller.User {
        guard let tokens else {
            throw ServiceError(.unauthenticated, "invalid-token", "No tokens are accepted here.")
        }
        do {
            // The first token of a new key has the keys replaced, whereupon everything is forgotten; by the second
            // look the new keys are there.
            for _ in 0..<2 {
                let generation = tokens.known.generation
                let user = try await user(token, tokens)
                if tokens.known.insert(.user(user), until: user.expiresAt, for: token, ifStill: generation) {
                    return user
                }
            }
            return try await user(token, tokens)
        } catch let error as ServiceError {
            let pause = error.kind == .unavailable ? Duration.seconds(1) : Self.refusalMax
            tokens.refused.insert(
                .refused(error), until: world.now + pause, for: token, ifStill: tokens.refused.generation)
            throw error
        }
    }

    private func user(_ token: Secret, _ tokens: Tokens) async throws -> Caller.User {
        let verified = try await tokens.verifier.verified(token)
        return Caller.User(verified.principal, expiresAt: verified.expiresAt)
    }

    // MARK: Pieces

    private func machine(_ identity: ClientIdentity) -> Caller.Machine? {
        if machines.isEmpty { return nil }
        if let found = machines[.sha256(identity.sha256)] { return found }
        for name in identity.names {
            if let found = machines[.name(name)] { return found }
        }
        return machines[.subject(identity.subject)]
    }

    /// What follows the scheme; nil for other schemes (RFC 6750, section 2.1).
    static func bearerToken(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let scheme: StaticString = "bearer"
        let length = scheme.utf8CodeUnitCount
        guard value.count > length, value[length] == UInt8(ascii: " ") else { return nil }
        for place in 0..<length where value[place] | 0x20 != scheme.utf8Start[place] { return nil }
        var start = length
        while start < value.count, value[start] == UInt8(ascii: " ") { start += 1 }
        return UnsafeRawBufferPointer(rebasing: value[start...])
    }

    private static let noToken = AccessRefusal.authentication(
        ServiceError(
            .unauthenticated, "invalid-token",
            "What follows Bearer is no token: 16 to 8192 letters, digits and signs without spaces."))

    private static let unknownKey = AccessRefusal.authentication(
        ServiceError(.unauthenticated, "invalid-api-key", "No application has that X-API-Key; ask for a new one."))
}

extension Authentication.Quota {
    /// For a request that is too much; nil while the hour is not used up.
    var refusal: AccessRefusal? {
        guard !decision.isAllowed else { return nil }
        let pause = max(decision.retryAfter ?? limit.per, .seconds(1))
        return AccessRefusal(
            policy: .quota,
            error: ServiceError(
                .limited, "quota-exceeded", "The application has used up its \(limit.count) requests of this hour.",
                retryAfter: pause),
            challenge: nil)
    }
}
