internal import ShopContracts

/// What Inventory has decided about an order. The first decision stays; only its end changes.
struct Reservation: Sendable, Hashable {
    /// How far it is.
    enum State: String, Sendable {
        /// The items are kept.
        case reserved
        /// The items are paid and left the stock.
        case committed
        /// Nothing is kept any more, or ever will be.
        case released
        /// Nothing was ever kept.
        case failed
    }

    var orderID: OrderID
    var state: State
    /// Why it failed or was released; empty otherwise.
    var reason: String
    /// The product that stood in the way of a reservation that failed; empty otherwise.
    var productID: String

    /// What a release has to do to the stock.
    enum Undoing: Sendable {
        case nothing
        /// The kept items can be sold again.
        case unreserve
        /// The items that left come back.
        case restock
    }

    var undoing: Undoing {
        switch state {
        case .reserved: .unreserve
        case .committed: .restock
        case .released, .failed: .nothing
        }
    }
}

/// Why Inventory says no; the texts of `ReservationFailed.reason`.
enum Refusal: String, Sendable {
    /// There are fewer pieces than asked for.
    case soldOut = "sold-out"
    case unknownProduct = "unknown-product"
    /// The order was given up before, or while, it was asked for.
    case released
    /// A command to commit what was never kept.
    case notReserved = "not-reserved"
    /// The command's lines make no sense: none, too many, or a quantity out of range.
    case invalidLines = "invalid-lines"
}
