internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// Forgets a user for good: account, sessions and addresses go, and every other service is told to do the same
/// with what it keeps (GDPR, article 17). What the law wants kept, orders and payments, names the user's ID only.
struct EraseUser: Sendable {
    private static let addresses: SQL = "DELETE FROM addresses WHERE user_id = ?1"
    private static let sessions: SQL = "DELETE FROM sessions WHERE user_id = ?1"
    private static let user: SQL = "DELETE FROM users WHERE id = ?1"

    let context: UsersContext

    /// - Throws: ``UserError/unknownUser`` when there is no such user any more.
    func callAsFunction(_ id: UserID, _ call: CallContext) async throws {
        let context = context
        let wasThere = try await context.database.write { transaction in
            try transaction.execute(Self.addresses, id.text)
            try transaction.execute(Self.sessions, id.text)
            guard try transaction.execute(Self.user, id.text) > 0 else { return false }
            let event = try Outgoing(UserErased { $0.userID = id.text }, subject: id.text)
            try context.outbox.append([event], cause: Cause(call), in: transaction)
            return true
        }
        guard wasThere else { throw UserError.unknownUser }
        context.telemetry.log(.info, "a user was erased", call, ["userId": id.text])
    }
}
