internal import FlotillaStorage

/// The tables of Catalog.
enum CatalogSchema {
    static let migrations = MigrationSet(
        "catalog",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE products (
                    position {identity}, id TEXT NOT NULL UNIQUE, product_group TEXT NOT NULL, name TEXT NOT NULL,
                    name_key TEXT NOT NULL, details TEXT NOT NULL, category TEXT NOT NULL, price INTEGER NOT NULL,
                    currency TEXT NOT NULL, attributes TEXT NOT NULL, images TEXT NOT NULL,
                    rating INTEGER NOT NULL, review_count INTEGER NOT NULL, in_stock INTEGER NOT NULL,
                    created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, CHECK (price >= 0)
                );
                CREATE INDEX products_by_category ON products (category);
                CREATE TABLE stock_badges (product_id TEXT NOT NULL PRIMARY KEY, in_stock INTEGER NOT NULL);
                """)
        ])

    /// The index of words, in SQLite's own full text (FTS5). `product_terms` shows the words in it.
    static let searchMigrations = MigrationSet(
        "catalog-search",
        steps: [
            .init(
                "create",
                """
                CREATE VIRTUAL TABLE product_search USING fts5(
                    name, category, attributes, details,
                    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
                CREATE VIRTUAL TABLE product_terms USING fts5vocab('product_search', 'row');
                """)
        ])
}
