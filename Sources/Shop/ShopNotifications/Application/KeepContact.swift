internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Takes over how a user is reached, and sends the letters that waited for it.
struct KeepContact: Sendable {
    /// Letters that are sent at once; more than a user has orders before Users has spoken.
    private static let lettersMax = 100

    private let recipients: RecipientTable
    private let activities: Activities
    private let notifications = NotificationTable()

    init(recipients: RecipientTable, activities: Activities) {
        self.recipients = recipients
        self.activities = activities
    }

    /// - Parameter event: what told it.
    func callAsFunction(
        _ userID: UserID, email: Secret, name: Secret, language: String, event: Message, in transaction: Transaction
    ) throws {
        guard !email.exposed.isEmpty else { return }
        try recipients.keep(userID, email: email, name: name, language: language, in: transaction)
        let waiting = try notifications.waiting(of: userID, limit: Self.lettersMax, in: transaction)
        for id in waiting where try notifications.settle(id, from: .waiting, to: .pending, in: transaction) {
            try activities.start(
                SendMail.activity, id: id.text, subject: userID.text, input: MailJob([id]), cause: Cause(event),
                in: transaction)
        }
    }
}
