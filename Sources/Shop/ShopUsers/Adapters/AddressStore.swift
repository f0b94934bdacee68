internal import FlotillaCore
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// Address books in the database, each address sealed as a whole.
struct AddressStore: Sendable {
    let vault: Vault

    private static let select: SQL = "SELECT id, sealed FROM addresses WHERE user_id = ?1 ORDER BY id LIMIT ?2"
    private static let insert: SQL = "INSERT INTO addresses (id, user_id, sealed) VALUES (?1, ?2, ?3)"
    private static let delete: SQL = "DELETE FROM addresses WHERE id = ?1 AND user_id = ?2"

    /// All addresses of a user, oldest first.
    func list(of userID: UserID, in transaction: Transaction) throws -> [SavedAddress] {
        try transaction.query(Self.select, userID.text, DeliveryAddress.countMax) { row in
            let id = AddressID(unchecked: row.text(0))
            return SavedAddress(id: id, address: try opened(row.bytes(1), id))
        }
    }

    /// The stored form. Made outside the transaction, which may run twice.
    func sealed(_ saved: SavedAddress) throws -> [UInt8] {
        let address = saved.address
        let fields = [
            address.name, address.line1, address.line2 ?? "", address.city, address.postalCode, address.country,
        ]
        return try vault.seal(
            Secret(fields.joined(separator: Self.separator)), context: "users/address/\(saved.id)")
    }

    func insert(_ id: AddressID, _ sealed: [UInt8], of userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.insert, id.text, userID.text, sealed)
    }

    /// - Returns: whether the user had such an address.
    func delete(_ id: AddressID, of userID: UserID, in transaction: Transaction) throws -> Bool {
        try transaction.execute(Self.delete, id.text, userID.text) > 0
    }

    /// The unit separator: a control character, which no field can have.
    private static let separator = "\u{1F}"

    private func opened(_ sealed: [UInt8], _ id: AddressID) throws -> DeliveryAddress {
        let text = try vault.openText(sealed, context: "users/address/\(id)").exposed
        let fields = text.split(separator: Self.separator, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6 else {
            throw ServiceError(
                .internal, "stored-address", "The stored address \(id) cannot be read; restore it from a backup.")
        }
        return DeliveryAddress(
            name: fields[0], line1: fields[1], line2: fields[2].isEmpty ? nil : fields[2], city: fields[3],
            postalCode: fields[4], country: fields[5])
    }
}
