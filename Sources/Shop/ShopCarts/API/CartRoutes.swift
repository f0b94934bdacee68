internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Carts over HTTP. `mine` stands for the ID of a signed-in caller's own cart.
struct CartRoutes: Sendable {
    private static let unknown = KnownProblem(
        .notFound, "cart-not-found", "There is no such cart, or it is another user's.")
    private static let away = KnownProblem(
        .unavailable, "price-unavailable", "Catalog is away, and the product is not in the cart yet.")

    let open: OpenCart
    let show: ShowCart
    let change: ChangeItems
    let discard: DiscardCart
    let merge: MergeCarts

    func routes() -> Routes {
        var routes = Routes(prefix: "/api/v1")
        addCarts(to: &routes)
        addItems(to: &routes)
        return routes
    }

    private func addCarts(to routes: inout Routes) {
        routes.add(
            .post, "/carts", access: .anyone, summary: "Get a cart; a signed-in caller gets their own",
            answers: CartAnswer.self, status: .created
        ) { [open, show] call in
            let (cart, isNew) = try await open(for: call.user)
            let priced = try await show(.id(cart.id, asker: call.user), call.context)
            return Answer(
                CartAnswer(priced: priced), status: isNew ? .created : .ok,
                headers: [.location: "/api/v1/carts/\(cart.id)"])
        }
        routes.add(
            .get, "/carts/{id}", access: .anyone, summary: "A cart at present prices", answers: CartAnswer.self,
            problems: [Self.unknown]
        ) { [show] call in
            Answer(CartAnswer(priced: try await show(try call.cart, call.context)))
        }
        routes.add(
            .delete, "/carts/{id}", access: .anyone, summary: "Throw a cart away", answers: NoContent.self,
            problems: [Self.unknown]
        ) { [discard] call in
            try await discard(try call.cart)
            return .done
        }
        routes.add(
            .post, "/carts/mine/merge", access: .signedIn, summary: "Take a guest's cart into one's own",
            input: MergeBody.self, answers: CartAnswer.self, problems: [Self.unknown]
        ) { [merge] call, body in
            guard let user = call.user else { throw CartError.notFound }
            return Answer(CartAnswer(priced: try await merge(body.cartID, into: user, call.context)))
        }
    }

    private func addItems(to routes: inout Routes) {
        routes.add(
            .put, "/carts/{id}/items/{productId}", access: .anyone,
            summary: "Have so many of a product in the cart", input: SetItemBody.self, answers: CartAnswer.self,
            problems: [
                Self.unknown, Self.away, KnownProblem(.notFound, "product-not-found", "There is no such product."),
                KnownProblem(.conflict, "cart-full", "The cart has \(Cart.linesMax) lines."),
            ]
        ) { [change] call, body in
            let productID = try call.id("productId", as: ProductID.self)
            let priced = try await change.set(
                productID, quantity: body.quantity, in: try call.cart, call.context)
            return Answer(CartAnswer(priced: priced))
        }
        routes.add(
            .delete, "/carts/{id}/items/{productId}", access: .anyone, summary: "Take a product out of the cart",
            answers: CartAnswer.self, problems: [Self.unknown]
        ) { [change] call in
            let productID = try call.id("productId", as: ProductID.self)
            return Answer(CartAnswer(priced: try await change.remove(productID, from: try call.cart, call.context)))
        }
    }
}

extension Call {
    /// Who asks; nil for guests.
    fileprivate var user: UserID? { principal.flatMap { UserID($0.id) } }

    /// The cart the path names.
    fileprivate var cart: CartReference {
        get throws {
            let id = try id("id", as: CartID.self)
            guard let reference = CartReference(id, asker: user) else {
                // A guest has no `mine`: signing in is what is missing.
                _ = try signedIn
                throw CartError.notFound
            }
            return reference
        }
    }
}
