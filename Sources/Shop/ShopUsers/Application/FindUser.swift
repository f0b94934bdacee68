internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Reads one user.
struct FindUser: Sendable {
    let context: UsersContext

    /// - Throws: ``UserError/unknownUser``.
    func callAsFunction(_ id: UserID) async throws -> User {
        guard let user = try await context.database.read({ try context.users.find(id, in: $0) }) else {
            throw UserError.unknownUser
        }
        return user
    }
}
