internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// The notices of all users.
struct NoticeTable: Sendable {
    private static let insert: SQL = """
        INSERT INTO notices (id, user_id, order_id, template, title, text, caused_by, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (order_id, template) DO NOTHING
        """
    /// The `n` rows of one page first, then what became of each.
    private static let page: SQL = """
        SELECT n.id, n.user_id, n.order_id, n.template, n.title, n.text, n.caused_by, n.created_at, c.channel, c.state
        FROM (
            SELECT * FROM notices WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
        ) AS n LEFT JOIN notifications AS c ON c.notice_id = n.id
        ORDER BY n.id DESC, c.channel
        """
    private static let deleteNotifications: SQL =
        "DELETE FROM notifications WHERE notice_id IN (SELECT id FROM notices WHERE user_id = ?1)"
    private static let deleteNotices: SQL = "DELETE FROM notices WHERE user_id = ?1"

    /// - Returns: false when the order has a notice of that template already; then nothing changed.
    func add(_ notice: Notice, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            Self.insert, notice.id.text, notice.userID.text, notice.orderID.text, notice.template, notice.title,
            notice.text, notice.causedBy, notice.createdAt) > 0
    }

    /// A user's notices before the one with the ID `cursor`, latest first.
    func page(
        of userID: UserID, before cursor: NotificationID?, limit: Int, in transaction: Transaction
    ) throws -> [NoticeStatus] {
        // After every ID: they are made of letters, digits, - and _.
        let upper = cursor?.text ?? "~"
        let rows = try transaction.query(Self.page, userID.text, upper, limit) { row in
            (Self.notice(row), row.optionalText(8), row.text(9))
        }
        var statuses: [NoticeStatus] = []
        for (notice, channel, state) in rows {
            if statuses.last?.notice.id != notice.id { statuses.append(NoticeStatus(notice: notice, channels: [])) }
            guard let channel else { continue }
            statuses[statuses.count - 1].channels.append(NoticeStatus.Delivery(channel: channel, state: state))
        }
        return statuses
    }

    /// Deletes what a user was told, and what became of it.
    func deleteAll(of userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.deleteNotifications, userID.text)
        try transaction.execute(Self.deleteNotices, userID.text)
    }

    /// Reads eight columns: `id, user_id, order_id, template, title, text, caused_by, created_at`.
    static func notice(_ row: Row) -> Notice {
        Notice(
            id: NotificationID(unchecked: row.text(0)), userID: UserID(unchecked: row.text(1)),
            orderID: OrderID(unchecked: row.text(2)), template: row.text(3), title: row.text(4), text: row.text(5),
            causedBy: row.text(6), createdAt: row.timestamp(7))
    }
}
