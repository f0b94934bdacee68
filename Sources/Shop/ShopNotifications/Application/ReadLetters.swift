internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Shows the outbox of letters: everybody their own, administrators all.
struct ReadLetters: Sendable {
    private let database: Database
    private let letters: LetterTable

    init(database: Database, letters: LetterTable) {
        self.database = database
        self.letters = letters
    }

    /// The letter of a notice, as mail programs open it (RFC 5322).
    ///
    /// - Throws: `not-found` when there is none, none any more, or it is somebody else's.
    func callAsFunction(_ noticeID: NotificationID, as caller: Principal) async throws -> [UInt8] {
        let found = try await database.read { try letters.find(noticeID, in: $0) }
        guard let found, found.userID.text == caller.id || caller.role == .admin else {
            throw ServiceError.notFound("letter")
        }
        return found.bytes
    }

    /// The letters to all users, latest notice first.
    ///
    /// - Parameter cursor: what the page before gave; nil: the first page.
    func all(
        before cursor: NotificationID?, limit: Int
    ) async throws -> (items: [LetterTable.Summary], next: NotificationID?) {
        let found = try await database.read { try letters.page(before: cursor, limit: limit + 1, in: $0) }
        let items = Array(found.prefix(limit))
        return (items, found.count > limit ? items.last?.noticeID : nil)
    }
}
