internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Puts a product into the catalog, or says anew what it is and costs.
///
/// Idempotent: the same product put again changes nothing and publishes nothing.
struct PutProduct: Sendable {
    enum Outcome: Sendable {
        case created, changed, unchanged
    }

    let database: Database
    let outbox: Outbox
    let world: World
    let store: any ProductStore
    let search: any ProductSearch

    func callAsFunction(_ product: Product, _ context: CallContext) async throws -> Outcome {
        try await database.write { [self] transaction in
            guard let old = try store.find(product.id, in: transaction) else {
                try create(product, context, in: transaction)
                return .created
            }
            var new = product
            new.rating = old.rating
            new.isInStock = old.isInStock
            guard new != old else { return .unchanged }
            try store.update(new, at: world.now, in: transaction)
            try search.index(new, in: transaction)
            try outbox.append(try Self.events(from: old, to: new), cause: Cause(context), in: transaction)
            return .changed
        }
    }

    /// Adds products that are not there yet, all or none.
    ///
    /// - Returns: how many were new.
    func callAsFunction(new products: [Product], _ context: CallContext) async throws -> Int {
        try await database.write { [self] transaction in
            var count = 0
            for product in products where try store.find(product.id, in: transaction) == nil {
                try create(product, context, in: transaction)
                count += 1
            }
            return count
        }
    }

    private func create(_ product: Product, _ context: CallContext, in transaction: Transaction) throws {
        guard try store.add(product, at: world.now, in: transaction) else { return }
        try search.index(product, in: transaction)
        try outbox.append(
            [try Outgoing(ProductCreated(product), subject: product.id.text)], cause: Cause(context), in: transaction)
    }

    /// The price first, so that who follows prices only need not look at the rest.
    private static func events(from old: Product, to new: Product) throws -> [Outgoing] {
        var events: [Outgoing] = []
        if new.price != old.price {
            let changed = PriceChanged {
                $0.productID = new.id.text
                $0.oldPrice = MoneyValue(old.price)
                $0.newPrice = MoneyValue(new.price)
            }
            events.append(try Outgoing(changed, subject: new.id.text))
        }
        var repriced = old
        repriced.price = new.price
        if repriced != new { events.append(try Outgoing(ProductUpdated(new), subject: new.id.text)) }
        return events
    }
}

extension ProductCreated {
    fileprivate init(_ product: Product) {
        self.init {
            $0.productID = product.id.text
            $0.productGroup = product.group
            $0.name = product.name
            $0.details = product.details
            $0.category = product.category
            $0.price = MoneyValue(product.price)
            $0.image = product.images.first ?? ""
        }
    }
}

extension ProductUpdated {
    fileprivate init(_ product: Product) {
        self.init {
            $0.productID = product.id.text
            $0.productGroup = product.group
            $0.name = product.name
            $0.details = product.details
            $0.category = product.category
            $0.price = MoneyValue(product.price)
            $0.image = product.images.first ?? ""
        }
    }
}
