internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Deletes everything that is known of a user, and every letter, when the user asked to be forgotten.
///
/// What stays is the user's ID and that it was erased, so that later events tell nobody anything.
struct ForgetUser: Sendable {
    private let recipients: RecipientTable
    private let activities: Activities
    private let notices = NoticeTable()
    private let notifications = NotificationTable()

    init(recipients: RecipientTable, activities: Activities) {
        self.recipients = recipients
        self.activities = activities
    }

    func callAsFunction(_ userID: UserID, event: Message, in transaction: Transaction) throws {
        let mails = try notifications.mails(to: userID, in: transaction)
        try recipients.erase(userID, in: transaction)
        try notices.deleteAll(of: userID, in: transaction)
        for start in stride(from: 0, to: mails.count, by: MailJob.lettersMax) {
            let part = Array(mails[start..<min(mails.count, start + MailJob.lettersMax)])
            try activities.start(
                RemoveMail.activity, id: "\(userID)/\(start)", subject: userID.text, input: MailJob(part),
                cause: Cause(event), in: transaction)
        }
    }
}
