internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// The body of `POST /orders`: from a cart, or the items themselves; exactly one of both.
struct PlaceOrderBody: RequestInput {
    struct Item: RequestInput {
        let productID: ProductID
        let quantity: Int

        init(from fields: inout FieldReader) {
            productID = fields.id("productId")
            quantity = fields.int("quantity", in: 1...99)
        }
    }

    struct Address: RequestInput {
        let value: PostalAddress

        init(from fields: inout FieldReader) {
            var address = PostalAddress()
            address.name = fields.string("name", length: 1...100)
            address.line1 = fields.string("line1", length: 1...100)
            address.line2 = fields.optionalString("line2", length: 1...100) ?? ""
            address.city = fields.string("city", length: 1...100)
            address.postalCode = fields.string("postalCode", length: 1...20)
            address.country = fields.string("country", length: 2...2, .capitals)
            value = address
        }
    }

    let cartID: CartID?
    let items: [Item]?
    let address: Address
    let paymentToken: String

    init(from fields: inout FieldReader) {
        cartID = fields.optionalID("cartId")
        items = fields.optionalObjects("items", count: 1...50)
        address = fields.object("shippingAddress")
        paymentToken = fields.string("paymentToken", length: 1...128, .identifier)
        if fields.has("cartId") == fields.has("items") {
            fields.fail("", "give either cartId or items, not both and not neither")
        }
    }

    var source: PlaceOrder.Request.Source {
        if let cartID { return .cart(cartID) }
        return .items((items ?? []).map { RequestedLine(productID: $0.productID, quantity: $0.quantity) })
    }
}

/// The body of `PUT /orders/{id}/payment-token`.
struct PaymentTokenBody: RequestInput {
    let paymentToken: String

    init(from fields: inout FieldReader) {
        paymentToken = fields.string("paymentToken", length: 1...128, .identifier)
    }
}

/// The query of `GET /orders`.
struct OrderListQuery: RequestInput {
    let cursor: OrderID?
    let limit: Int

    init(from fields: inout FieldReader) {
        cursor = fields.optionalID("cursor")
        limit = fields.optionalInt("limit", in: 1...100) ?? 20
    }
}

/// The query of `GET /orders/{id}`.
struct OrderQuery: RequestInput {
    /// The order as it was then.
    let asOf: Timestamp?

    init(from fields: inout FieldReader) { asOf = fields.optionalTimestamp("asOf") }
}
