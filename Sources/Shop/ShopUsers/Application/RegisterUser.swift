internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// Makes an account for a new customer.
struct RegisterUser: Sendable {
    struct Command: Sendable {
        var email: EmailAddress
        var password: Secret
        var name: String
        var language: String
        var region: String
        /// The caller's `Idempotency-Key`: the same request again gets the account it made.
        var idempotencyKey: String?
    }

    let context: UsersContext

    /// - Throws: ``UserError/emailTaken``.
    func callAsFunction(_ command: Command, _ call: CallContext) async throws -> User {
        let (context, now) = (context, context.world.now)
        let key = command.idempotencyKey.map(context.users.registrationKeyIndex)
        if let known = try await credentials(command.email) {
            return try await sameRegistration(known, command, key)
        }
        let hash = try await context.hasher.hash(command.password)
        let user = User(
            id: context.world.ids.make(), email: command.email, name: command.name, language: command.language,
            region: command.region, createdAt: now, updatedAt: now)
        let sealed = try context.users.sealed(user)
        let event = try Outgoing(user.registered, subject: user.id.text)
        let isNew = try await context.database.write { transaction in
            guard
                try context.users.insert(
                    user, sealed, passwordHash: hash, registrationKey: key, in: transaction)
            else { return false }
            try context.outbox.append([event], cause: Cause(call), in: transaction)
            return true
        }
        guard isNew else {
            // Somebody registered the address between the look and the write; it may have been this request's twin.
            guard let known = try await credentials(command.email) else { throw UserError.emailTaken }
            return try await sameRegistration(known, command, key)
        }
        context.telemetry.log(.info, "a user registered", call, ["userId": user.id.text])
        return user
    }

    private func credentials(_ email: EmailAddress) async throws -> UserStore.Credentials? {
        try await context.database.read { try context.users.credentials(of: email, in: $0) }
    }

    /// The account that exists, when this is the request that made it, sent once more.
    private func sameRegistration(
        _ known: UserStore.Credentials, _ command: Command, _ key: [UInt8]?
    ) async throws -> User {
        guard let key, known.registrationKey == key,
            try await context.hasher.verify(command.password, against: known.passwordHash)
        else { throw UserError.emailTaken }
        return known.user
    }
}
