internal import FlotillaStorage

/// The tables of Inventory.
enum InventorySchema {
    static let migrations = MigrationSet(
        "inventory",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE stock (
                    product_id TEXT NOT NULL, warehouse TEXT NOT NULL, on_hand INTEGER NOT NULL,
                    reserved INTEGER NOT NULL, counted_at INTEGER NOT NULL,
                    PRIMARY KEY (product_id, warehouse),
                    CHECK (reserved >= 0 AND reserved <= on_hand)
                );
                CREATE TABLE reservations (
                    order_id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL,
                    product_id TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
                );
                CREATE INDEX reservations_open ON reservations (created_at) WHERE state = 'reserved';
                CREATE TABLE reservation_lines (
                    order_id TEXT NOT NULL, product_id TEXT NOT NULL, warehouse TEXT NOT NULL,
                    quantity INTEGER NOT NULL CHECK (quantity > 0),
                    PRIMARY KEY (order_id, product_id, warehouse)
                );
                """)
        ])
}
