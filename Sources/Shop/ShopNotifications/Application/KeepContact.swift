internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Takes over how a user is reached, and sends the letters that waited for it.
struct KeepContact: Sendable {
    /// Letters that are sent at once; more than a user has orders before Users has spoken.
    private static let lettersMax = 100

    private let recipients: RecipientTable
    private let send: SendLetter
    private let notifications = NotificationTable()

    init(recipients: RecipientTable, send: SendLetter) {
        self.recipients = recipients
        self.send = send
    }

    /// - Returns: what has to be told about the letters that waited.
    func callAsFunction(
        _ userID: UserID, email: Secret, name: Secret, language: String, at now: Timestamp,
        in transaction: Transaction
    ) throws -> [Outgoing] {
        guard !email.exposed.isEmpty else { return [] }
        try recipients.keep(userID, email: email, name: name, language: language, in: transaction)
        let waiting = try notifications.waiting(of: userID, limit: Self.lettersMax, in: transaction)
        return try waiting.flatMap { try send.waiting($0, at: now, in: transaction) }
    }
}
