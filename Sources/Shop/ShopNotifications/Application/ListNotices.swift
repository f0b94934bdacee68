internal import FlotillaStorage
internal import ShopContracts

/// Shows users what they were told, latest first.
struct ListNotices: Sendable {
    static let limitMax = 100
    static let defaultLimit = 20

    private let database: Database
    private let notices = NoticeTable()

    init(database: Database) { self.database = database }

    /// - Parameter cursor: what the page before gave; nil: the first page.
    /// - Returns: at most `limit` notices and the cursor of the next page, nil when there is none.
    func callAsFunction(
        of userID: UserID, before cursor: NotificationID?, limit: Int
    ) async throws -> (items: [NoticeStatus], next: NotificationID?) {
        // One more than asked for tells whether there is a next page.
        let found = try await database.read { transaction in
            try notices.page(of: userID, before: cursor, limit: limit + 1, in: transaction)
        }
        let items = Array(found.prefix(limit))
        return (items, found.count > limit ? items.last?.notice.id : nil)
    }
}
