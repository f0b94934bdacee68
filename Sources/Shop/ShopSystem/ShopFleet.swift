internal import FlotillaCore
public import FlotillaRuntime
internal import ShopCarts
internal import ShopCatalog
internal import ShopInventory
internal import ShopNotifications
internal import ShopOrders
internal import ShopPayments
internal import ShopShipping
internal import ShopUsers

/// The Shop's fleet map: which services there are. What each calls, publishes and consumes stands in
/// its manifest.
public enum ShopFleet {
    /// - Parameter isDemo: with demo products and their stock.
    /// - Throws: when the services contradict each other.
    public static func map(isDemo: Bool) throws -> FleetMap {
        try FleetMap(services(selling: isDemo ? DemoCatalog.products() : []))
    }

    static func services(selling products: [DemoProduct]) -> [any ServiceBlueprint] {
        [
            UsersService(),
            CatalogService(products: products),
            InventoryService(
                openingStock: products.map { OpeningStock(productID: $0.id, onHand: $0.openingStock) }),
            CartsService(),
            PaymentsService(),
            ShippingService(),
            NotificationsService(),
            OrdersService(),
        ]
    }
}
