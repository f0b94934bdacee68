internal import FlotillaCore
internal import FlotillaStorage

/// Looks for products. When nothing has the words asked for, it looks for the words that were probably meant.
struct FindProducts: Sendable {
    let database: Database
    let search: any ProductSearch

    func callAsFunction(_ query: ProductQuery) async throws -> ProductPage {
        try await database.read { transaction in
            let page = try search.page(query, in: transaction)
            guard page.total == 0, let terms = query.terms, !terms.isEmpty,
                let corrected = try correct(terms, in: transaction)
            else { return page }
            var meant = query
            meant.text = corrected
            var found = try search.page(meant, in: transaction)
            guard found.total > 0 else { return page }
            found.correctedText = corrected
            // The cursor belongs to what was asked: the next page corrects it the same way.
            found.next?.fingerprint = query.fingerprint
            return found
        }
    }

    /// - Returns: nil when no word is to be replaced.
    private func correct(_ terms: [String], in transaction: Transaction) throws -> String? {
        var result: [String] = []
        for term in terms {
            let length = term.unicodeScalars.count
            let tolerance = SpellingGuess.tolerance(length: length)
            let words = try search.words(lengths: max(1, length - tolerance)...(length + tolerance), in: transaction)
            result.append(SpellingGuess(words: words).nearest(to: term) ?? term)
        }
        return result == terms ? nil : result.joined(separator: " ")
    }
}
