internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// The body of `PUT /carts/{id}/items/{productId}`.
struct SetItemBody: RequestInput {
    let quantity: Int

    init(from fields: inout FieldReader) { quantity = fields.int("quantity", in: 1...Cart.quantityMax) }
}

/// The body of `POST /carts/mine/merge`.
struct MergeBody: RequestInput {
    let cartID: CartID

    init(from fields: inout FieldReader) { cartID = fields.id("cartId") }
}

/// A cart, as clients see it.
struct CartAnswer: ResponseBody {
    let priced: PricedCart

    static var example: CartAnswer {
        var cart = Cart(id: CartID(unchecked: "cart-8c1f3a5b9d7e42608c1f3a5b9d7e4260"), owner: nil)
        cart.lines = [
            Cart.Line(
                productID: ProductID(unchecked: "prod-0001"), name: "Harbour Reading Lamp, Brass", quantity: 2,
                unitPrice: Money(amount: 8_900, currency: "USD"), isInStock: true)
        ]
        return CartAnswer(priced: PricedCart(cart: cart, hasCurrentPrices: true))
    }

    func write(to json: inout JSONWriter) {
        let cart = priced.cart
        json.object { json in
            json.field("id", cart.id)
            json.array("items", cart.lines) { json, line in
                json.field("productId", line.productID)
                json.field("name", line.name)
                json.field("quantity", line.quantity)
                json.field("unitPrice", line.unitPrice)
                json.field("lineTotal", line.total)
                json.field("inStock", line.isInStock)
            }
            json.field("subtotal", cart.subtotal)
            json.field("discount", Money(amount: 0, currency: Cart.currency))
            json.field("total", cart.subtotal)
            json.field("pricesCurrent", priced.hasCurrentPrices)
        }
    }
}
