internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Writes a letter and hands it to the mail folder: an activity, since it touches the outside.
///
/// The letter's file is named for the notification, so doing it twice leaves one letter.
struct SendMail: Sendable {
    static let activity = "send-mail"

    private let database: Database
    private let recipients: RecipientTable
    private let folder: MailFolder
    private let from: MailAddress
    private let book: TemplateBook
    private let notifications = NotificationTable()

    init(database: Database, recipients: RecipientTable, folder: MailFolder, from: MailAddress, book: TemplateBook) {
        self.database = database
        self.recipients = recipients
        self.folder = folder
        self.from = from
        self.book = book
    }

    /// Given up after about two hours: by then the folder's disk has not been full for a moment only.
    func asActivity() -> Activity {
        Activity(
            Self.activity, concurrencyMax: 4,
            policy: RedeliveryPolicy(attemptsMax: 20, firstDelay: .milliseconds(500), delayMax: .seconds(600)),
            perform: { (job: MailJob, _, _) in
                for id in job.ids { try await send(id) }
                return job
            },
            commit: { transaction, job, _, result in try job.ids.flatMap { try settle($0, result, in: transaction) } })
    }

    /// - Throws: `recipient-unknown`, `no-address`, `not-wanted`, `mailbox-invalid`, which are final; `mail-folder`.
    func send(_ id: NotificationID) async throws {
        guard let (notice, recipient, contact) = try await load(id) else { throw Self.unknown }
        guard recipient.preferences.wants(.email) else {
            throw ServiceError(.conflict, "not-wanted", "The user does not want e-mail any more.")
        }
        guard let contact else { throw ServiceError(.conflict, "no-address", "There is no address to write to.") }
        guard let to = MailAddress(contact.email.exposed) else {
            throw ServiceError(.invalid, "mailbox-invalid", "The user's e-mail address cannot be written to.")
        }
        try folder.put(id, letter(id, notice, recipient, contact, to).bytes)
        // A user who was erased meanwhile must not find a letter that came after the erasing.
        let isStillThere = try await database.read { try notifications.notice(of: id, in: $0) != nil }
        guard isStillThere else {
            try folder.remove(id)
            throw Self.unknown
        }
    }

    private func load(_ id: NotificationID) async throws -> (Notice, Recipient, Recipient.Contact?)? {
        try await database.read { transaction in
            guard let notice = try notifications.notice(of: id, in: transaction) else { return nil }
            let recipient = try recipients.find(notice.userID, in: transaction)
            return (notice, recipient, try recipients.contact(of: notice.userID, in: transaction))
        }
    }

    private func letter(
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

    private func settle(
        _ id: NotificationID, _ result: Result<MailJob, any Error>, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard let notice = try notifications.notice(of: id, in: transaction) else { return [] }
        switch result {
        case .success:
            guard try notifications.settle(id, from: .pending, to: .sent, in: transaction) else { return [] }
            return [try NotificationEvents.sent(id, .email, notice)]
        case .failure(let error):
            let reason = (error as? any DescribedError)?.slug ?? "internal"
            let isNew = try notifications.settle(id, from: .pending, to: .failed, reason: reason, in: transaction)
            return isNew ? [try NotificationEvents.failed(id, .email, notice, reason: reason)] : []
        }
    }

    private static var unknown: ServiceError {
        ServiceError(.notFound, "recipient-unknown", "The user is not known any more.")
    }
}
