internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage

/// Completes what somebody is typing.
struct SuggestProducts: Sendable {
    static let suggestionsMax = 8

    let database: Database
    let search: any ProductSearch
    let telemetry: Telemetry

    /// Names of products, the best first; none for a text without a letter or digit, nil while the index of words
    /// cannot be asked.
    func callAsFunction(_ text: String) async throws -> [String]? {
        let terms = ProductQuery(text: text).terms ?? []
        guard !terms.isEmpty else { return [] }
        do {
            return try await database.read { transaction in
                try search.names(beginningWith: terms, limit: Self.suggestionsMax, in: transaction)
            }
        } catch let error as StorageError where error.isOfTheIndex {
            telemetry.log(.warning, "the search index cannot be asked; nothing is suggested", nil, error: error)
            return nil
        }
    }
}
