internal import FlotillaCore
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// The outbox of letters: the latest ones as they were written, each sealed, for name and address stand in it.
struct LetterTable: Sendable {
    /// A letter in the list of all.
    struct Summary: Sendable, Hashable {
        var noticeID: NotificationID
        var userID: UserID
        var orderID: OrderID
        var subject: String
        var writtenAt: Timestamp
    }

    private static let insert: SQL = """
        INSERT INTO letters (notice_id, user_id, letter, written_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (notice_id) DO NOTHING
        """
    private static let deleteOldest: SQL = "DELETE FROM letters WHERE position <= ?1"
    private static let find: SQL = "SELECT user_id, letter FROM letters WHERE notice_id = ?1"
    private static let page: SQL = """
        SELECT l.notice_id, l.user_id, n.order_id, n.title, l.written_at
        FROM letters AS l JOIN notices AS n ON n.id = l.notice_id
        WHERE l.notice_id < ?1 ORDER BY l.notice_id DESC LIMIT ?2
        """
    private static let deleteOfUser: SQL =
        "DELETE FROM letters WHERE notice_id IN (SELECT id FROM notices WHERE user_id = ?1)"

    private let vault: Vault
    private let countMax: Int

    /// - Parameter countMax: of more letters the oldest go, whenever one comes.
    init(vault: Vault, countMax: Int) {
        self.vault = vault
        self.countMax = max(1, countMax)
    }

    /// Keeps the letter of a notice. A notice has one: a second changes nothing.
    func add(_ letter: MailLetter, of notice: Notice, at now: Timestamp, in transaction: Transaction) throws {
        let sealed = try vault.seal(letter.bytes, context: Self.context(notice.id))
        let isNew = try transaction.execute(Self.insert, notice.id.text, notice.userID.text, sealed, now) > 0
        guard isNew else { return }
        // Positions only grow, so at most so many are kept, and gaps make it fewer, never more.
        try transaction.execute(Self.deleteOldest, transaction.lastInsertedID - Int64(countMax))
    }

    /// The letter of a notice and whom it is for; nil when there is none, or none any more.
    ///
    /// - Throws: `sealed-value` when it cannot be opened.
    func find(
        _ noticeID: NotificationID, in transaction: Transaction
    ) throws -> (userID: UserID, bytes: [UInt8])? {
        try transaction.first(Self.find, noticeID.text) { row in
            (UserID(unchecked: row.text(0)), try vault.open(row.bytes(1), context: Self.context(noticeID)))
        }
    }

    /// Letters to anybody, that of the latest notice first.
    func page(
        before cursor: NotificationID?, limit: Int, in transaction: Transaction
    ) throws -> [Summary] {
        // After every ID: they are made of letters, digits, - and _.
        try transaction.query(Self.page, cursor?.text ?? "~", limit) { row in
            Summary(
                noticeID: NotificationID(unchecked: row.text(0)), userID: UserID(unchecked: row.text(1)),
                orderID: OrderID(unchecked: row.text(2)), subject: row.text(3), writtenAt: row.timestamp(4))
        }
    }

    /// Deletes all letters to a user; before the user's notices, which say what they are.
    func deleteAll(of userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.deleteOfUser, userID.text)
    }

    private static func context(_ noticeID: NotificationID) -> String { "notifications/letter/\(noticeID)" }
}
