internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Adds an address to a user's book. An address that is there already is not added again, so that a repeated
/// request does no harm.
struct AddAddress: Sendable {
    private enum Outcome: Sendable {
        case saved(SavedAddress)
        case full
        case unknownUser
    }

    let context: UsersContext

    /// - Throws: ``UserError/tooManyAddresses``, ``UserError/unknownUser``.
    func callAsFunction(_ address: DeliveryAddress, of userID: UserID) async throws -> SavedAddress {
        let context = context
        let saved = SavedAddress(id: context.world.ids.make(), address: address)
        let sealed = try context.addresses.sealed(saved)
        let outcome: Outcome = try await context.database.write { transaction in
            guard try context.users.find(userID, in: transaction) != nil else { return .unknownUser }
            let book = try context.addresses.list(of: userID, in: transaction)
            if let same = book.first(where: { $0.address == address }) { return .saved(same) }
            guard book.count < DeliveryAddress.countMax else { return .full }
            try context.addresses.insert(saved.id, sealed, of: userID, in: transaction)
            return .saved(saved)
        }
        switch outcome {
        case .saved(let saved): return saved
        case .full: throw UserError.tooManyAddresses
        case .unknownUser: throw UserError.unknownUser
        }
    }
}
