internal import FlotillaCore
internal import ShopContracts

/// Whose orders somebody may see, list and, as staff, cancel.
enum OrderReach: Sendable, Equatable {
    case own(UserID)
    /// Those of customers who belong there; never empty.
    case region(String)
    case all
}

extension Principal {
    /// Support, managers and admins work for the Shop.
    var isStaff: Bool { role == .support || role == .manager || role == .admin }

    /// Customers reach their own orders, support those of its region, managers and admins all. Support without a
    /// region has nobody to help.
    var orderReach: OrderReach {
        switch role {
        case .manager, .admin: .all
        case .support where !region.isEmpty: .region(region)
        default: .own(UserID(unchecked: id))
        }
    }

    /// Whether it is the caller's own order.
    func owns(_ order: Order) -> Bool { order.placed.userID.text == id }

    /// One's own are always there to see.
    func maySee(_ order: Order) -> Bool {
        switch orderReach {
        case .own: owns(order)
        case .region(let region): order.placed.region == region || owns(order)
        case .all: true
        }
    }
}
