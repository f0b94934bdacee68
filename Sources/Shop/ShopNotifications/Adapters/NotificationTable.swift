internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// What is on its way, or went, over which channel.
struct NotificationTable: Sendable {
    private static let insert: SQL = """
        INSERT INTO notifications (id, notice_id, user_id, channel, state, reason, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """
    private static let waiting: SQL =
        "SELECT id FROM notifications WHERE user_id = ?1 AND state = 'waiting' ORDER BY id LIMIT ?2"
    private static let overdue: SQL =
        "SELECT id FROM notifications WHERE state = 'waiting' AND created_at < ?1 ORDER BY id LIMIT ?2"
    private static let settle: SQL =
        "UPDATE notifications SET state = ?2, reason = ?3 WHERE id = ?1 AND state = 'waiting'"
    private static let notice: SQL = """
        SELECT n.id, n.user_id, n.order_id, n.template, n.title, n.text, n.caused_by, n.created_at
        FROM notifications AS c JOIN notices AS n ON n.id = c.notice_id WHERE c.id = ?1
        """

    func add(_ notification: Notification, of notice: Notice, in transaction: Transaction) throws {
        try transaction.execute(
            Self.insert, notification.id.text, notice.id.text, notice.userID.text, notification.channel.rawValue,
            notification.state.rawValue, notification.reason, notice.createdAt)
    }

    /// Says what became of a notification that waits.
    ///
    /// - Returns: false when it does not wait, or is gone; then nothing changed.
    func settle(_ id: NotificationID, as fate: SendLetter.Fate, in transaction: Transaction) throws -> Bool {
        try transaction.execute(Self.settle, id.text, Notification.State(fate).rawValue, fate.reason) > 0
    }

    /// A user's notifications that wait for an address, oldest first.
    func waiting(of userID: UserID, limit: Int, in transaction: Transaction) throws -> [NotificationID] {
        try transaction.query(Self.waiting, userID.text, limit) { NotificationID(unchecked: $0.text(0)) }
    }

    /// Those that have waited since before `time`, oldest first.
    func waiting(since time: Timestamp, limit: Int, in transaction: Transaction) throws -> [NotificationID] {
        try transaction.query(Self.overdue, time, limit) { NotificationID(unchecked: $0.text(0)) }
    }

    /// What a notification is about; nil when it is gone.
    func notice(of id: NotificationID, in transaction: Transaction) throws -> Notice? {
        try transaction.first(Self.notice, id.text, row: NoticeTable.notice)
    }
}
