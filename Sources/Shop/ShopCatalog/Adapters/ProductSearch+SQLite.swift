internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Search with SQLite's FTS5: words by their beginnings, ranked by BM25 with the name weighing most.
struct SQLiteProductSearch: ProductSearch {
    private static let list: SQL = """
        WITH matched AS (
            SELECT *, CASE ?1 WHEN 1 THEN name_key WHEN 2 THEN price WHEN 3 THEN -price
                WHEN 4 THEN -(rating * 1000000 + review_count) WHEN 5 THEN -position ELSE 0 END AS sort_key
            FROM products
            WHERE (?2 IS NULL OR category = ?2) AND (?3 IS NULL OR price >= ?3) AND (?4 IS NULL OR price <= ?4)
              AND (?5 IS NULL OR rating >= ?5) AND (?6 IS NULL OR in_stock = ?6)
        )
        SELECT id, product_group, name, details, category, price, currency, attributes, images, rating, review_count,
               in_stock, sort_key
        FROM matched WHERE ?7 IS NULL OR (sort_key, id) > (?7, ?8) ORDER BY sort_key, id LIMIT ?9
        """
    private static let listMatching: SQL = """
        WITH hits AS (
            SELECT rowid AS hit, CAST(bm25(product_search, 8.0, 4.0, 2.0, 1.0) * 1000000 AS INTEGER) AS score
            FROM product_search WHERE product_search MATCH ?10
        ), matched AS (
            SELECT products.*, CASE ?1 WHEN 1 THEN name_key WHEN 2 THEN price WHEN 3 THEN -price
                WHEN 4 THEN -(rating * 1000000 + review_count) WHEN 5 THEN -position ELSE score END AS sort_key
            FROM hits JOIN products ON products.position = hits.hit
            WHERE (?2 IS NULL OR category = ?2) AND (?3 IS NULL OR price >= ?3) AND (?4 IS NULL OR price <= ?4)
              AND (?5 IS NULL OR rating >= ?5) AND (?6 IS NULL OR in_stock = ?6)
        )
        SELECT id, product_group, name, details, category, price, currency, attributes, images, rating, review_count,
               in_stock, sort_key
        FROM matched WHERE ?7 IS NULL OR (sort_key, id) > (?7, ?8) ORDER BY sort_key, id LIMIT ?9
        """
    private static let count: SQL = """
        SELECT category, COUNT(*) FROM products
        WHERE (?1 IS NULL OR price >= ?1) AND (?2 IS NULL OR price <= ?2) AND (?3 IS NULL OR rating >= ?3)
          AND (?4 IS NULL OR in_stock = ?4)
        GROUP BY category ORDER BY COUNT(*) DESC, category
        """
    private static let countMatching: SQL = """
        SELECT category, COUNT(*) FROM products
        WHERE position IN (SELECT rowid FROM product_search WHERE product_search MATCH ?5)
          AND (?1 IS NULL OR price >= ?1) AND (?2 IS NULL OR price <= ?2) AND (?3 IS NULL OR rating >= ?3)
          AND (?4 IS NULL OR in_stock = ?4)
        GROUP BY category ORDER BY COUNT(*) DESC, category
        """
    private static let names: SQL = """
        SELECT name FROM product_search WHERE product_search MATCH ?1
        ORDER BY bm25(product_search), name LIMIT ?2
        """
    private static let words: SQL = """
        SELECT term, doc FROM product_terms WHERE length(term) BETWEEN ?1 AND ?2 ORDER BY term LIMIT ?3
        """
    private static let position: SQL = "SELECT position FROM products WHERE id = ?1"
    private static let forget: SQL = "DELETE FROM product_search WHERE rowid = ?1"
    private static let index: SQL =
        "INSERT INTO product_search (rowid, name, category, attributes, details) VALUES (?1, ?2, ?3, ?4, ?5)"

    /// Facets with more values are cut off; the total counts them all the same.
    private static let categoriesMax = 50

    func page(_ query: ProductQuery, in transaction: Transaction) throws -> ProductPage {
        let terms = query.terms
        guard terms?.isEmpty != true else {
            return ProductPage(products: [], next: nil, total: 0, categories: [])
        }
        let match = terms.map(Self.expression)
        let categories = try categories(query, match, in: transaction)
        let found = try products(query, match, in: transaction)
        let page = found.prefix(query.limit)
        let next = found.count > query.limit ? page.last : nil
        return ProductPage(
            products: page.map(\.product),
            next: next.map { PageCursor(key: $0.key, id: $0.product.id, fingerprint: query.fingerprint) },
            total: categories.reduce(0) { sum, facet in
                query.category == nil || facet.category == query.category ? sum + facet.count : sum
            },
            categories: Array(categories.prefix(Self.categoriesMax)))
    }

    func names(beginningWith terms: [String], limit: Int, in transaction: Transaction) throws -> [String] {
        // Several variants may share a name, so a few more are read than are wanted.
        let match = "{name} : (\(Self.expression(terms)))"
        let all = try transaction.query(Self.names, match, limit * 4) { $0.text(0) }
        var names: [String] = []
        for name in all where !names.contains(name) && names.count < limit { names.append(name) }
        return names
    }

    func words(lengths: ClosedRange<Int>, in transaction: Transaction) throws -> [SpellingGuess.Word] {
        try transaction.query(Self.words, lengths.lowerBound, lengths.upperBound, SpellingGuess.wordsMax) { row in
            SpellingGuess.Word(text: row.text(0), productCount: row.int(1))
        }
    }

    func index(_ product: Product, in transaction: Transaction) throws {
        guard let position = try transaction.first(Self.position, product.id.text, row: { $0.int64(0) }) else { return }
        try transaction.execute(Self.forget, position)
        let attributes = product.attributes.map { "\($0.name) \($0.value)" }.joined(separator: " ")
        try transaction.execute(Self.index, position, product.name, product.category, attributes, product.details)
    }

    /// Every word, by its beginning. Terms are letters and digits only, so the quotes cannot be broken.
    private static func expression(_ terms: [String]) -> String {
        terms.map { "\"\($0)\"*" }.joined(separator: " ")
    }

    private func products(
        _ query: ProductQuery, _ match: String?, in transaction: Transaction
    ) throws -> [(product: Product, key: PageCursor.Key)] {
        let sort = query.effectiveSort
        let read: (Row) throws -> (product: Product, key: PageCursor.Key) = { row in
            (try Product(row), sort == .name ? .text(row.text(12)) : .number(row.int64(12)))
        }
        // One more than asked for shows whether there is a next page.
        let (key, id, limit) = (query.after?.key, query.after?.id.text, query.limit + 1)
        guard let match else {
            return try transaction.query(
                Self.list, sort.number, query.category, query.minPrice, query.maxPrice, query.minRating,
                query.isInStock, key, id, limit, row: read)
        }
        return try transaction.query(
            Self.listMatching, sort.number, query.category, query.minPrice, query.maxPrice, query.minRating,
            query.isInStock, key, id, limit, match, row: read)
    }

    private func categories(
        _ query: ProductQuery, _ match: String?, in transaction: Transaction
    ) throws -> [ProductPage.CategoryCount] {
        let read: (Row) -> ProductPage.CategoryCount = { row in
            ProductPage.CategoryCount(category: row.text(0), count: row.int(1))
        }
        guard let match else {
            return try transaction.query(
                Self.count, query.minPrice, query.maxPrice, query.minRating, query.isInStock, row: read)
        }
        return try transaction.query(
            Self.countMatching, query.minPrice, query.maxPrice, query.minRating, query.isInStock, match, row: read)
    }
}

extension ProductQuery.Sort {
    /// What stands for the order in the statements.
    fileprivate var number: Int {
        switch self {
        case .relevance: 0
        case .name: 1
        case .price: 2
        case .priceDescending: 3
        case .rating: 4
        case .newest: 5
        }
    }
}

extension PageCursor.Key: SQLBindable {
    func bind(to parameter: SQLParameter) {
        switch self {
        case .number(let number): parameter.set(number)
        case .text(let text): parameter.set(text)
        }
    }
}
