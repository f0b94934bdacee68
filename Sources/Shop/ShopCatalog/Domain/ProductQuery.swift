internal import FlotillaCore

/// What somebody looks for. Everything that is nil does not matter.
struct ProductQuery: Sendable, Hashable {
    /// The order of a list. All are total: ties are broken by the product's ID.
    enum Sort: String, Sendable, CaseIterable {
        /// What fits the text best; without a text, the best rated.
        case relevance
        case name
        /// The cheapest first.
        case price
        case priceDescending = "-price"
        /// The best rated first.
        case rating
        /// The newest first.
        case newest
    }

    static let limitMax = 100
    static let limitDefault = 24

    var text: String?
    var category: String?
    /// In the minor unit, inclusive.
    var minPrice: Int64?
    /// In the minor unit, inclusive.
    var maxPrice: Int64?
    /// Hundredths of a star.
    var minRating: Int?
    var isInStock: Bool?
    var sort = Sort.relevance
    /// 1 to ``limitMax``.
    var limit = limitDefault
    /// Where the last page ended.
    var after: PageCursor?

    /// The words of the text, lower-case, at most eight; nil when no text was given.
    var terms: [String]? {
        guard let text else { return nil }
        let words = text.lowercased().unicodeScalars.split { scalar in
            !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
        return words.prefix(8).map { String(String.UnicodeScalarView($0)) }
    }

    /// The order that is meant: there is no relevance without a text.
    var effectiveSort: Sort { sort == .relevance && text == nil ? .rating : sort }

    /// Stands for everything but page and size, so that a cursor is used with the query it came from only.
    var fingerprint: UInt64 {
        let parts: [String] = [
            text ?? "\0", category ?? "\0", minPrice.map(String.init) ?? "", maxPrice.map(String.init) ?? "",
            minRating.map(String.init) ?? "", isInStock.map { $0 ? "1" : "0" } ?? "", sort.rawValue,
        ]
        var hash = StableHash()
        for part in parts {
            hash.combine(part.utf8)
            // A byte no text has, so that the end of one part is not the beginning of the next.
            hash.combine(0xFF)
        }
        return hash.value
    }
}

/// One page of what was found.
struct ProductPage: Sendable {
    var products: [Product]
    /// Where the next page begins; nil at the end.
    var next: PageCursor?
    /// How many there are on all pages.
    var total: Int
    /// How many of each category there are, the category asked for left aside; most first.
    var categories: [CategoryCount]
    /// The text that was searched for in place of the one asked for, of which there was nothing.
    var correctedText: String?
    /// Whether the index of words could not be asked, and this is what the shop has without regard to the text.
    var isWithoutSearch = false

    struct CategoryCount: Sendable, Hashable {
        var category: String
        var count: Int
    }
}
