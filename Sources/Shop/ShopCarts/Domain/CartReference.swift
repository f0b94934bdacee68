internal import FlotillaCore
internal import ShopContracts

/// Which cart somebody speaks of.
enum CartReference: Sendable, Hashable {
    /// A signed-in user's own; there is always one, made when it is first asked for.
    case mine(UserID)
    /// By its ID, asked for by that user, or by a guest.
    case id(CartID, asker: UserID?)

    /// What stands for a user's own cart where an ID is expected.
    static let mineID = "mine"

    /// - Returns: nil when a guest asks for `mine`.
    init?(_ id: CartID, asker: UserID?) {
        guard id.text == Self.mineID else {
            self = .id(id, asker: asker)
            return
        }
        guard let asker else { return nil }
        self = .mine(asker)
    }
}
