internal import FlotillaCore

struct AddressID: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}

/// An address in a user's address book.
struct DeliveryAddress: Sendable, Hashable {
    /// How many a user may have.
    static let countMax = 20

    /// Who receives there.
    var name: String
    var line1: String
    var line2: String?
    var city: String
    var postalCode: String
    /// ISO 3166-1, two capital letters.
    var country: String
}

/// An address with its place in the book.
struct SavedAddress: Sendable, Hashable {
    let id: AddressID
    var address: DeliveryAddress
}
