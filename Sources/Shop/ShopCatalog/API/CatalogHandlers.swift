internal import FlotillaMessaging
internal import ShopContracts

/// What Catalog does about messages.
enum CatalogHandlers {
    static func all(store: any ProductStore) -> [MessageHandler] {
        [
            MessageHandler(StockChanged.self) { transaction, event, _ in
                try store.setStock(
                    ProductID(unchecked: event.productID), isInStock: event.available > 0, in: transaction)
                return []
            }
        ]
    }
}
