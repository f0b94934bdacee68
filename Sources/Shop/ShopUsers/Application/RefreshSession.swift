internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// Exchanges a refresh token for new tokens. A token that was exchanged before ends its whole session.
struct RefreshSession: Sendable {
    private enum Outcome: Sendable {
        case renewed(User, Session)
        case reused(Session)
        case refused
    }

    let context: UsersContext

    /// - Throws: ``UserError/invalidRefreshToken``, whatever is wrong with it.
    func callAsFunction(_ text: Secret, _ call: CallContext) async throws -> SignedIn {
        guard let token = RefreshToken(text) else { throw UserError.invalidRefreshToken }
        let (context, now) = (context, context.world.now)
        let next = OpaqueSecret(from: context.world.random)
        // A refusal is returned, not thrown: the end of a session has to be committed.
        let outcome: Outcome = try await context.database.write { transaction in
            guard let session = try context.sessions.find(token.sessionID, in: transaction),
                let user = try context.users.find(session.userID, in: transaction), user.isActive
            else { return .refused }
            let renewal = session.renewed(
                generation: token.generation, isSecretRight: token.secret.matches(session.digest),
                next: next.digest, now: now, lifetime: context.lifetimes.refresh)
            switch renewal {
            case .renewed(let session):
                try context.sessions.update(session, in: transaction)
                return .renewed(user, session)
            case .reused(let session):
                try context.sessions.update(session, in: transaction)
                return .reused(session)
            case .refused:
                return .refused
            }
        }
        switch outcome {
        case .renewed(let user, let session):
            return try await context.signedIn(
                user, RefreshToken(sessionID: session.id, generation: session.generation, secret: next))
        case .reused(let session):
            context.telemetry.log(
                .warning, "a refresh token was used twice, its session is revoked", call,
                ["userId": session.userID.text, "sessionId": session.id.text])
            throw UserError.invalidRefreshToken
        case .refused:
            throw UserError.invalidRefreshToken
        }
    }
}
