internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Writes the letter of a notice and puts it into the outbox of letters.
///
/// All of it happens in the transaction that decides on it: a letter, its notification and what the fleet is told are
/// there together or not at all, whatever crashes, and nothing has to be tried again.
struct SendLetter: Sendable {
    /// What became of a letter.
    enum Fate: Sendable, Hashable {
        case sent
        /// `no-address`, `not-wanted`, `mailbox-invalid` or `sealed-value`; all of them are final.
        case failed(reason: String)

        /// Empty for a letter that was sent.
        var reason: String {
            switch self {
            case .sent: ""
            case .failed(let reason): reason
            }
        }
    }

    private let recipients: RecipientTable
    private let letters: LetterTable
    private let from: MailAddress
    private let book: TemplateBook
    private let notifications = NotificationTable()

    init(recipients: RecipientTable, letters: LetterTable, from: MailAddress, book: TemplateBook) {
        self.recipients = recipients
        self.letters = letters
        self.from = from
        self.book = book
    }

    /// Sends the letter that a notification stands for.
    ///
    /// - Parameter id: of the notification; unique for ever, so it is the letter's own ID as well.
    func callAsFunction(
        _ id: NotificationID, of notice: Notice, to recipient: Recipient, at now: Timestamp,
        in transaction: Transaction
    ) throws -> Fate {
        guard recipient.preferences.wants(.email) else { return .failed(reason: "not-wanted") }
        let contact: Recipient.Contact?
        do {
            contact = try recipients.contact(of: recipient.userID, in: transaction)
        } catch let error as ServiceError where error.slug == "sealed-value" {
            // The key is lost. It would not come back by trying again, and other users must not wait for it.
            return .failed(reason: error.slug)
        }
        guard let contact else { return .failed(reason: "no-address") }
        guard let to = MailAddress(contact.email.exposed) else { return .failed(reason: "mailbox-invalid") }
        try letters.add(write(id, notice, recipient, contact, to), of: notice, at: now, in: transaction)
        return .sent
    }

    /// Sends a letter that waits, or gives it up.
    ///
    /// - Returns: what has to be told about it; nothing when it does not wait any more.
    func waiting(_ id: NotificationID, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        guard let notice = try notifications.notice(of: id, in: transaction) else { return [] }
        let recipient = try recipients.find(notice.userID, in: transaction)
        let fate = try self(id, of: notice, to: recipient, at: now, in: transaction)
        guard try notifications.settle(id, as: fate, in: transaction) else { return [] }
        return [try NotificationEvents.event(fate, id, .email, notice)]
    }

    private func write(
        _ id: NotificationID, _ notice: Notice, _ recipient: Recipient, _ contact: Recipient.Contact, _ to: MailAddress
    ) -> MailLetter {
        let texts = book.texts(for: recipient.language)
        let name = contact.name.exposed
        let greeting = Template(title: name.isEmpty ? texts.greetingWithoutName : texts.greeting, text: "")
            .filled(with: ["name": name]).title
        return MailLetter(
            id: id.text, from: from, fromName: "Flotilla Shop", to: to, toName: name, subject: notice.title,
            text: "\(greeting)\n\n\(notice.text)\n\n\(texts.farewell)", date: notice.createdAt)
    }
}

extension Notification.State {
    /// Where a letter's notification stands once it does not wait any more.
    init(_ fate: SendLetter.Fate) {
        switch fate {
        case .sent: self = .sent
        case .failed: self = .failed
        }
    }
}
