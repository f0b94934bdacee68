public import FlotillaCore

// The identifiers that several contexts speak of. In messages they travel as text.

/// Names a user of the Shop.
public struct UserID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names a sellable variant of a product.
public struct ProductID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names a cart. A guest's cart is opened by whoever knows its ID, so it is made from 128 random bits.
public struct CartID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names an order; the subject of everything that happens for its sake.
public struct OrderID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names a payment of an order.
public struct PaymentID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names a parcel on its way.
public struct ShipmentID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// Names one message to one user on one channel.
public struct NotificationID: TypedID {
    public let text: String
    public init(unchecked text: String) { self.text = text }
}
