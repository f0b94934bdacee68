internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Reads a user's address book, oldest first; it is short, so it comes whole.
struct ListAddresses: Sendable {
    let context: UsersContext

    func callAsFunction(of userID: UserID) async throws -> [SavedAddress] {
        try await context.database.read { try context.addresses.list(of: userID, in: $0) }
    }
}
