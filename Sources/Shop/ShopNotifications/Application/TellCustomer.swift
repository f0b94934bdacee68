internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Makes the notice of an occasion and sends it out on the channels the customer wants.
///
/// There is one notice for each order and kind of occasion, however often its event comes. Without a
/// known address the letter waits for it; the notice in the app does not.
struct TellCustomer: Sendable {
    private let world: World
    private let recipients: RecipientTable
    private let send: SendLetter
    private let book: TemplateBook
    private let notices = NoticeTable()
    private let notifications = NotificationTable()

    init(world: World, recipients: RecipientTable, send: SendLetter, book: TemplateBook) {
        self.world = world
        self.recipients = recipients
        self.send = send
        self.book = book
    }

    /// - Parameter event: what caused it.
    /// - Returns: what has to be told about channels that took the notice at once.
    func callAsFunction(
        _ occasion: Occasion, event: Message, at now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard !occasion.userID.text.isEmpty else { return [] }
        let recipient = try recipients.find(occasion.userID, in: transaction)
        guard !recipient.isErased, let notice = notice(of: occasion, for: recipient, event, now),
            try notices.add(notice, in: transaction)
        else { return [] }

        var messages: [Outgoing] = []
        if recipient.preferences.wants(.push) {
            let push = Notification(id: world.ids.make(), channel: .push, state: .sent)
            try notifications.add(push, of: notice, in: transaction)
            messages.append(try NotificationEvents.sent(push.id, .push, notice))
        }
        if recipient.preferences.wants(.email) {
            var mail = Notification(id: world.ids.make(), channel: .email, state: .waiting)
            if recipient.hasAddress {
                let fate = try send(mail.id, of: notice, to: recipient, at: now, in: transaction)
                mail.state = Notification.State(fate)
                mail.reason = fate.reason
                messages.append(try NotificationEvents.event(fate, mail.id, .email, notice))
            }
            try notifications.add(mail, of: notice, in: transaction)
        }
        return messages
    }

    private func notice(
        of occasion: Occasion, for recipient: Recipient, _ event: Message, _ now: Timestamp
    ) -> Notice? {
        let texts = book.texts(for: recipient.language)
        // A language that lacks a text is a defect of the book, which a test finds.
        guard let template = texts.templates[occasion.kind] else { return nil }
        var values = occasion.values
        if let reason = occasion.reason { values["reason"] = texts.reasons[reason] ?? texts.otherReason }
        let (title, text) = template.filled(with: values)
        return Notice(
            id: world.ids.make(), userID: occasion.userID, orderID: occasion.orderID,
            template: occasion.kind.rawValue, title: title, text: text, causedBy: event.id, createdAt: now)
    }
}
