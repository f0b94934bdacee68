internal import FlotillaMessaging
internal import ShopContracts

/// The commands Inventory obeys.
enum InventoryHandlers {
    static func all(events: StockEvents) -> [MessageHandler] {
        let reserve = ReserveStock(events: events)
        let commit = CommitStock()
        let release = ReleaseStock(events: events)
        return [
            MessageHandler(ReserveItems.self) { try reserve($1, at: $2.now, in: $0) },
            MessageHandler(CommitItems.self) { try commit($1, at: $2.now, in: $0) },
            MessageHandler(ReleaseItems.self) { try release($1, at: $2.now, in: $0) },
        ]
    }
}
