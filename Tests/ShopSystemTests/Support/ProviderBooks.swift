internal import FlotillaCore
internal import FlotillaStorage

/// The payment provider's own books, read beside the Shop: what was really charged, whatever Payments says.
struct ProviderBooks {
    struct Entry {
        var status: String
        var amount: Int64
        var last4: String
        var tries: Int
    }

    var entries: [Entry]

    private static let select: SQL = "SELECT status, amount, last4, tries FROM charges ORDER BY idempotency_key"

    static func read(_ folder: TestFolder) async throws -> ProviderBooks {
        let database = try Database(path: "\(folder.data)/payments/provider.sqlite", migrations: [], world: .system())
        defer { database.close() }
        return ProviderBooks(
            entries: try await database.read { transaction in
                try transaction.query(select) { row in
                    Entry(status: row.text(0), amount: row.int64(1), last4: row.text(2), tries: row.int(3))
                }
            })
    }

    /// The sum of what was taken and not given back.
    var captured: Int64 { entries.filter { $0.status == "captured" }.reduce(0) { $0 + $1.amount } }

    func tries(ofLast4 last4: String) -> [Int] { entries.filter { $0.last4 == last4 }.map(\.tries) }
}
