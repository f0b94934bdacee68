internal import FlotillaSimulation
internal import FlotillaStorage

/// Customers hear of each thing once.
enum NotificationInvariants {
    static let all = [oneConfirmation]

    private static let ids: SQL = "SELECT id FROM orders WHERE status = 'completed' ORDER BY id"
    private static let confirmations: SQL = """
        SELECT notifications.channel, COUNT(*) FROM notices
        JOIN notifications ON notifications.notice_id = notices.id
        WHERE notices.order_id = ?1 AND notices.template = 'order-completed' AND notifications.state = 'sent'
        GROUP BY notifications.channel
        """

    private static let oneConfirmation = Invariant("one confirmation per order and channel", .quiet) { lab in
        for order in try await lab.read("orders", { try $0.query(ids) { $0.text(0) } }) {
            let sent = try await lab.read("notifications") { transaction in
                try transaction.query(confirmations, order) { ($0.text(0), $0.int(1)) }
            }
            if let (channel, count) = sent.first(where: { $0.1 != 1 }) {
                return "order \(order) was confirmed \(count) times by \(channel)"
            }
            if !sent.contains(where: { $0.0 == "email" }) { return "order \(order) was never confirmed by e-mail" }
        }
        return nil
    }
}
