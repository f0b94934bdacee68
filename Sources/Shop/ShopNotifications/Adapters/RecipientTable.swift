internal import FlotillaCore
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// What is known of users. Address and name lie sealed: whoever gets hold of the file cannot read them.
struct RecipientTable: Sendable {
    private let vault: Vault

    private static let upsertContact: SQL = """
        INSERT INTO recipients (user_id, email, name, language, wants_email, wants_push, wants_sms, erased)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
        ON CONFLICT (user_id) DO UPDATE
        SET email = excluded.email, name = excluded.name, language = excluded.language WHERE recipients.erased = 0
        """
    private static let upsertPreferences: SQL = """
        INSERT INTO recipients (user_id, email, name, language, wants_email, wants_push, wants_sms, erased)
        VALUES (?1, NULL, NULL, 'en', ?2, ?3, ?4, 0)
        ON CONFLICT (user_id) DO UPDATE
        SET wants_email = excluded.wants_email, wants_push = excluded.wants_push, wants_sms = excluded.wants_sms
        WHERE recipients.erased = 0
        """
    private static let erase: SQL = """
        INSERT INTO recipients (user_id, email, name, language, wants_email, wants_push, wants_sms, erased)
        VALUES (?1, NULL, NULL, '', 0, 0, 0, 1)
        ON CONFLICT (user_id) DO UPDATE
        SET email = NULL, name = NULL, language = '', wants_email = 0, wants_push = 0, wants_sms = 0, erased = 1
        """
    private static let find: SQL = """
        SELECT language, wants_email, wants_push, wants_sms, email IS NOT NULL, erased
        FROM recipients WHERE user_id = ?1
        """
    private static let contact: SQL =
        "SELECT email, name FROM recipients WHERE user_id = ?1 AND email IS NOT NULL AND erased = 0"

    init(vault: Vault) { self.vault = vault }

    /// Takes over how a user is reached now; without effect for a user who was erased.
    func keep(
        _ userID: UserID, email: Secret, name: Secret, language: String, in transaction: Transaction
    ) throws {
        let defaults = Preferences()
        let sealedEmail = try vault.seal(email, context: Self.emailContext(userID))
        let sealedName = try vault.seal(name, context: Self.nameContext(userID))
        try transaction.execute(
            Self.upsertContact, userID.text, sealedEmail, sealedName, language, defaults.email, defaults.push,
            defaults.sms)
    }

    func setPreferences(_ preferences: Preferences, of userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(
            Self.upsertPreferences, userID.text, preferences.email, preferences.push, preferences.sms)
    }

    /// Forgets address and name and remembers only that the user is not to be told anything.
    func erase(_ userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.erase, userID.text)
    }

    /// What is known of a user; of one nobody has heard of, the defaults.
    func find(_ userID: UserID, in transaction: Transaction) throws -> Recipient {
        try transaction.first(Self.find, userID.text) { row in
            Recipient(
                userID: userID, language: row.text(0),
                preferences: Preferences(email: row.bool(1), push: row.bool(2), sms: row.bool(3)),
                hasAddress: row.bool(4), isErased: row.bool(5))
        } ?? Recipient(userID: userID)
    }

    /// How a user is written to; nil when there is no address.
    ///
    /// - Throws: `sealed-value` when the address cannot be opened.
    func contact(of userID: UserID, in transaction: Transaction) throws -> Recipient.Contact? {
        try transaction.first(Self.contact, userID.text) { row in
            Recipient.Contact(
                email: try vault.openText(row.bytes(0), context: Self.emailContext(userID)),
                name: try vault.openText(row.bytes(1), context: Self.nameContext(userID)))
        }
    }

    private static func emailContext(_ userID: UserID) -> String { "notifications/email/\(userID)" }
    private static func nameContext(_ userID: UserID) -> String { "notifications/name/\(userID)" }
}
