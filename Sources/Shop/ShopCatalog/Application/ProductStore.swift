internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Where products are kept. Every operation is part of the caller's transaction.
protocol ProductStore: Sendable {
    func find(_ id: ProductID, in transaction: Transaction) throws -> Product?

    /// Adds a product with the stock badge Inventory has given it already, if any.
    ///
    /// - Returns: false when there is one of that ID; then nothing changed.
    func add(_ product: Product, at now: Timestamp, in transaction: Transaction) throws -> Bool

    /// Replaces what the shop says of a product; its rating and its stock badge stay.
    func update(_ product: Product, at now: Timestamp, in transaction: Transaction) throws

    /// Notes whether a product can be bought, also one that is not in the catalog yet.
    func setStock(_ id: ProductID, isInStock: Bool, in transaction: Transaction) throws
}

/// Finds products by words, properties and order; kept up to date in the transaction that changes a product.
///
/// Engines differ in their full-text search, so it stands behind a port of its own.
protocol ProductSearch: Sendable {
    /// One page; without correcting the text.
    func page(_ query: ProductQuery, in transaction: Transaction) throws -> ProductPage

    /// Names of products whose words begin with `terms`, the best first, each once.
    func names(beginningWith terms: [String], limit: Int, in transaction: Transaction) throws -> [String]

    /// The words of the catalog that have about `length` letters.
    func words(lengths: ClosedRange<Int>, in transaction: Transaction) throws -> [SpellingGuess.Word]

    /// Makes the product findable as it is now.
    func index(_ product: Product, in transaction: Transaction) throws
}
