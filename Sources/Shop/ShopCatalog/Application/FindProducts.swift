internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage

/// Looks for products. When nothing has the words asked for, it looks for the words that were probably meant.
///
/// When the index of words cannot be asked, it lists what there is: of the category asked for or named in the text,
/// else of all.
struct FindProducts: Sendable {
    let database: Database
    let search: any ProductSearch
    let telemetry: Telemetry

    func callAsFunction(_ query: ProductQuery) async throws -> ProductPage {
        do {
            return try await found(query)
        } catch let error as StorageError where query.text != nil && error.isOfTheIndex {
            telemetry.log(.warning, "the search index cannot be asked; products are listed instead", nil, error: error)
            return try await listed(query)
        }
    }

    private func listed(_ query: ProductQuery) async throws -> ProductPage {
        var listing = query
        listing.text = nil
        return try await database.read { [listing] transaction in
            var page = try search.page(listing, in: transaction)
            let named = page.categories.map(\.category).first { query.terms?.contains($0.lowercased()) == true }
            if query.category == nil, let named {
                var ofCategory = listing
                ofCategory.category = named
                page = try search.page(ofCategory, in: transaction)
            }
            page.isWithoutSearch = true
            // The cursor belongs to what was asked, as on any other page.
            page.next?.fingerprint = query.fingerprint
            return page
        }
    }

    private func found(_ query: ProductQuery) async throws -> ProductPage {
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

extension StorageError {
    /// Whether it can be the index that is damaged or missing, while the products themselves are well.
    var isOfTheIndex: Bool { code == .damaged || code == .statement }
}
