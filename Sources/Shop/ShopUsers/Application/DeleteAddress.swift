internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Takes an address out of a user's book.
struct DeleteAddress: Sendable {
    let context: UsersContext

    /// - Throws: ``UserError/unknownAddress``, also when it is somebody else's.
    func callAsFunction(_ id: AddressID, of userID: UserID) async throws {
        let context = context
        let wasThere = try await context.database.write { try context.addresses.delete(id, of: userID, in: $0) }
        guard wasThere else { throw UserError.unknownAddress }
    }
}
