internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaSagas
internal import FlotillaStorage
internal import ShopContracts

/// Prices what a customer wants, then, in one transaction, records the order and starts its checkout.
///
/// The same key with the same body gives the same order, however often and however much at once.
struct PlaceOrder: Sendable {
    /// What a customer sends.
    struct Request: Sendable {
        enum Source: Sendable, Equatable {
            case cart(CartID)
            case items([RequestedLine])
        }

        var source: Source
        var address: PostalAddress
        var paymentToken: String
        var key: OrderKey
        /// Where the customer belongs; empty: nowhere.
        var region: String
    }

    struct Receipt: Sendable {
        var id: OrderID
        var status: Order.Status
    }

    let store: OrderStore
    let database: Database
    let sagas: SagaEngine
    let checkout: SagaDefinition<CheckoutMemory>
    let prices: any ProductPrices
    let carts: any CartContents
    let world: World

    /// - Throws: ``OrderError``, and what Catalog or Carts answer.
    func callAsFunction(_ request: Request, _ context: CallContext) async throws -> Receipt {
        let now = world.now
        if let receipt = try await database.read({ try receipt(for: request.key, at: now, in: $0) }) { return receipt }
        let order = try await price(request, context)
        return try await database.write { transaction in
            // Somebody else may have used the key since: the same customer, clicking twice.
            if let receipt = try receipt(for: request.key, at: now, in: transaction) { return receipt }
            try store.save(request.key, for: order.id, at: now, in: transaction)
            var memory = CheckoutMemory()
            memory.order = OrderPlacedRecord(order)
            memory.paymentToken = request.paymentToken
            try sagas.start(
                checkout, subject: order.id.text, state: memory, cause: Cause(context), now: order.placedAt,
                in: transaction)
            return Receipt(id: order.id, status: .created)
        }
    }

    private func receipt(for key: OrderKey, at now: Timestamp, in transaction: Transaction) throws -> Receipt? {
        guard let known = try store.order(for: key, at: now, in: transaction) else { return nil }
        guard known.fingerprint == key.fingerprint else { throw OrderError.keyReused }
        return Receipt(id: known.order, status: .created)
    }

    private func price(_ request: Request, _ context: CallContext) async throws -> PlacedOrder {
        var cartID: CartID?
        var wanted: [RequestedLine]
        switch request.source {
        case .items(let lines): wanted = lines
        case .cart(let cart):
            let (id, lines) = try await carts.lines(of: cart, for: request.key.userID, context)
            cartID = id
            wanted = lines
        }
        wanted = Self.merged(wanted)
        guard !wanted.isEmpty else { throw OrderError.emptyCart }
        guard wanted.count <= PlacedOrder.linesMax else { throw OrderError.tooManyLines(wanted.count) }
        let known = try await prices.prices(of: wanted.map(\.productID), context)
        var lines: [OrderLine] = []
        for (index, line) in wanted.enumerated() {
            guard let product = known[line.productID] else {
                throw OrderError.unknownProduct(field: "items[\(index)].productId", id: line.productID.text)
            }
            lines.append(
                OrderLine(
                    productID: line.productID, name: product.name, quantity: line.quantity, unitPrice: product.price))
        }
        return PlacedOrder(
            id: world.ids.make(), userID: request.key.userID, cartID: cartID, lines: lines,
            total: try PlacedOrder.total(of: lines), address: request.address, placedAt: world.now,
            region: request.region)
    }

    /// One line per product, in the order of their first mention.
    private static func merged(_ lines: [RequestedLine]) -> [RequestedLine] {
        var result: [RequestedLine] = []
        var places: [ProductID: Int] = [:]
        for line in lines {
            if let place = places[line.productID] {
                result[place].quantity += line.quantity
            } else {
                places[line.productID] = result.count
                result.append(line)
            }
        }
        return result
    }
}
