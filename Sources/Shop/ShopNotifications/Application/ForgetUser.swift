internal import FlotillaStorage
internal import ShopContracts

/// Deletes everything that is known of a user, and every letter, when the user asked to be forgotten.
///
/// What stays is the user's ID and that it was erased, so that later events tell nobody anything.
struct ForgetUser: Sendable {
    private let recipients: RecipientTable
    private let letters: LetterTable
    private let notices = NoticeTable()

    init(recipients: RecipientTable, letters: LetterTable) {
        self.recipients = recipients
        self.letters = letters
    }

    func callAsFunction(_ userID: UserID, in transaction: Transaction) throws {
        try recipients.erase(userID, in: transaction)
        try letters.deleteAll(of: userID, in: transaction)
        try notices.deleteAll(of: userID, in: transaction)
    }
}
