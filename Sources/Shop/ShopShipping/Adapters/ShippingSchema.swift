internal import FlotillaStorage

/// The tables of Shipping.
enum ShippingSchema {
    static let migrations = MigrationSet(
        "shipping",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE bookings (
                    order_id TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL, reason TEXT NOT NULL,
                    shipment_id TEXT UNIQUE, user_id TEXT NOT NULL, status TEXT NOT NULL,
                    tracking_code TEXT NOT NULL, carrier TEXT NOT NULL, created_at INTEGER NOT NULL
                );
                CREATE TABLE shipment_events (
                    order_id TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL,
                    PRIMARY KEY (order_id, position)
                );
                """)
        ])
}
