internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// What a successful sign-in or renewal gives.
struct SignedIn: Sendable {
    var user: User
    var accessToken: Secret
    var accessLifetime: Duration
    var refreshToken: RefreshToken
}

/// Checks e-mail address and password and opens a session.
///
/// An unknown address and a wrong password get the same answer after the same work. Failures are counted for the
/// account as seen from one network address, for the account as a whole and for the network address; beyond what is
/// free the answer is 429 before any work is done.
struct SignIn: Sendable {
    /// Failures before the first wait. Strangers cannot lock an owner out with five wrong guesses, but a guessing
    /// crowd slows everybody down.
    private static let freeFailuresPerPair = 5
    private static let freeFailuresPerAccount = 25
    private static let freeFailuresPerAddress = 50

    private enum Outcome: Sendable {
        case opened(User)
        case inactive
        case gone
    }

    let context: UsersContext

    /// - Parameter remoteAddress: where the call came from; empty when that is not known.
    /// - Throws: ``UserError/wrongCredentials``, ``UserError/accountInactive``, `too-many-attempts`.
    func callAsFunction(
        email: EmailAddress, password: Secret, remoteAddress: String, _ call: CallContext
    ) async throws -> SignedIn {
        do {
            let result = try await signIn(email, password, remoteAddress, call)
            count("ok")
            context.telemetry.log(
                .info, "a user signed in", call,
                ["userId": result.user.id.text, "sessionId": result.refreshToken.sessionID.text])
            return result
        } catch let error as any DescribedError {
            count(error.slug)
            context.telemetry.log(.notice, "a sign-in was refused", call, ["reason": error.slug])
            throw error
        }
    }

    private func signIn(
        _ email: EmailAddress, _ password: Secret, _ remoteAddress: String, _ call: CallContext
    ) async throws -> SignedIn {
        let attempt = try context.throttle.begin(keys(email, remoteAddress))
        let user: User
        do {
            user = try await verifiedUser(email, password)
        } catch UserError.wrongCredentials {
            throw UserError.wrongCredentials
        } catch {
            // Nobody learned whether the guess was right: a full queue, a database that is away.
            context.throttle.withdrawn(attempt)
            throw error
        }
        context.throttle.succeeded(attempt)
        return try await open(for: user)
    }

    private func verifiedUser(_ email: EmailAddress, _ password: Secret) async throws -> User {
        let known = try await context.database.read { try context.users.credentials(of: email, in: $0) }
        let isRight = try await context.hasher.verify(password, against: known?.passwordHash)
        guard isRight, let known else { throw UserError.wrongCredentials }
        if context.hasher.needsRehash(known.passwordHash) { try await renewHash(of: known.user, password) }
        return known.user
    }

    /// Opens a session for a user who has proved to be the one.
    private func open(for user: User) async throws -> SignedIn {
        let (context, now) = (context, context.world.now)
        let secret = OpaqueSecret(from: context.world.random)
        let session = Session(
            id: context.world.ids.make(), userID: user.id, digest: secret.digest, createdAt: now, renewedAt: now,
            expiresAt: now + context.lifetimes.refresh)
        let outcome: Outcome = try await context.database.write { transaction in
            guard let user = try context.users.find(user.id, in: transaction) else { return .gone }
            guard user.isActive else { return .inactive }
            try context.sessions.insert(session, in: transaction)
            return .opened(user)
        }
        switch outcome {
        case .gone: throw UserError.wrongCredentials
        case .inactive: throw UserError.accountInactive
        case .opened(let user):
            let token = RefreshToken(sessionID: session.id, generation: session.generation, secret: secret)
            return try await context.signedIn(user, token)
        }
    }

    /// Replaces a hash made with parameters of former times; the password is at hand only now.
    private func renewHash(of user: User, _ password: Secret) async throws {
        let context = context
        let hash = try await context.hasher.hash(password)
        try await context.database.write { try context.users.setPasswordHash(hash, of: user.id, in: $0) }
    }

    private func keys(_ email: EmailAddress, _ remoteAddress: String) -> [AttemptThrottle.Key] {
        let account = context.users.emailIndex(email).map { String($0, radix: 36) }.joined(separator: "-")
        var keys = [
            AttemptThrottle.Key(
                "pair/\(account)/\(remoteAddress)", freeFailures: Self.freeFailuresPerPair, isClearedBySuccess: true),
            AttemptThrottle.Key(
                "account/\(account)", freeFailures: Self.freeFailuresPerAccount, isClearedBySuccess: true),
        ]
        if !remoteAddress.isEmpty {
            keys.append(
                AttemptThrottle.Key(
                    "address/\(remoteAddress)", freeFailures: Self.freeFailuresPerAddress, isClearedBySuccess: false))
        }
        return keys
    }

    private func count(_ outcome: String) {
        context.telemetry.metrics.counter(
            "shop_sign_ins_total", "Attempts to sign in, by outcome.", labels: [("outcome", outcome)]
        ).increment()
    }
}

extension UsersContext {
    /// The answer to a sign-in or a renewal: a new access token beside the refresh token.
    func signedIn(_ user: User, _ refreshToken: RefreshToken) async throws -> SignedIn {
        let access = try await tokens.issue(
            principal: user.principal, lifetime: lifetimes.access, sessionID: refreshToken.sessionID.text)
        return SignedIn(
            user: user, accessToken: access, accessLifetime: lifetimes.access, refreshToken: refreshToken)
    }
}
