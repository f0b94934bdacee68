internal import FlotillaStorage

/// Completes what somebody is typing.
struct SuggestProducts: Sendable {
    static let suggestionsMax = 8

    let database: Database
    let search: any ProductSearch

    /// Names of products, the best first; none for a text without a letter or digit.
    func callAsFunction(_ text: String) async throws -> [String] {
        let terms = ProductQuery(text: text).terms ?? []
        guard !terms.isEmpty else { return [] }
        return try await database.read { transaction in
            try search.names(beginningWith: terms, limit: Self.suggestionsMax, in: transaction)
        }
    }
}
