internal import FlotillaStorage

/// The tables of Carts.
enum CartsSchema {
    static let migrations = MigrationSet(
        "carts",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE carts (
                    id TEXT NOT NULL PRIMARY KEY, user_id TEXT UNIQUE, merged_into TEXT, created_at INTEGER NOT NULL,
                    touched_at INTEGER NOT NULL
                );
                CREATE INDEX carts_by_touch ON carts (touched_at);
                CREATE TABLE cart_lines (
                    cart_id TEXT NOT NULL REFERENCES carts (id) ON DELETE CASCADE, position INTEGER NOT NULL,
                    product_id TEXT NOT NULL, name TEXT NOT NULL,
                    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 99), price INTEGER NOT NULL,
                    currency TEXT NOT NULL, in_stock INTEGER NOT NULL, PRIMARY KEY (cart_id, position)
                );
                """)
        ])
}
