internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// Changes a user's own profile and tells the others.
struct UpdateProfile: Sendable {
    private enum Outcome: Sendable {
        case changed(User)
        case same(User)
        case inactive
        case unknown
    }

    let context: UsersContext

    /// - Returns: the user as it is now; an event is sent only when something changed.
    /// - Throws: ``UserError/unknownUser``, ``UserError/accountInactive``.
    func callAsFunction(_ id: UserID, _ change: ProfileChange, _ call: CallContext) async throws -> User {
        let (context, now) = (context, context.world.now)
        let newName = try change.name.map { try context.users.sealedName($0, of: id) }
        let outcome: Outcome = try await context.database.write { transaction in
            guard let user = try context.users.find(id, in: transaction) else { return .unknown }
            guard user.isActive else { return .inactive }
            guard let changed = change.applied(to: user, at: now) else { return .same(user) }
            let sealedName = try newName ?? context.users.sealedName(changed.name, of: id)
            try context.users.update(changed, sealedName: sealedName, in: transaction)
            let event = try Outgoing(changed.updated, subject: id.text)
            try context.outbox.append([event], cause: Cause(call), in: transaction)
            return .changed(changed)
        }
        switch outcome {
        case .changed(let user):
            context.telemetry.log(.info, "a profile was changed", call, ["userId": id.text])
            return user
        case .same(let user): return user
        case .inactive: throw UserError.accountInactive
        case .unknown: throw UserError.unknownUser
        }
    }
}
