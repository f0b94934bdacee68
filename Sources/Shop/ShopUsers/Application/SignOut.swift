internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// Ends a session: its refresh token is worth nothing from now on. Access tokens already given out live on until
/// they expire, minutes later.
struct SignOut: Sendable {
    let context: UsersContext

    /// Without effect when the session is over already.
    func callAsFunction(_ sessionID: SessionID, of userID: UserID, _ call: CallContext) async throws {
        let (context, now) = (context, context.world.now)
        try await context.database.write { transaction in
            try context.sessions.revoke(sessionID, of: userID, at: now, in: transaction)
        }
        context.telemetry.log(
            .info, "a user signed out", call, ["userId": userID.text, "sessionId": sessionID.text])
    }
}
