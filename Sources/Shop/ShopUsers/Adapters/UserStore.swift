internal import FlotillaCore
internal import FlotillaSecurity
internal import FlotillaStorage
internal import ShopContracts

/// Users in the database, with what is personal sealed.
struct UserStore: Sendable {
    let vault: Vault
    let index: BlindIndex

    /// What of a user is stored unreadable. Made outside the transaction, which may run twice.
    struct Sealed: Sendable {
        var emailIndex: [UInt8]
        var email: [UInt8]
        var name: [UInt8]
    }

    /// What a sign-in needs.
    struct Credentials: Sendable {
        var user: User
        var passwordHash: String
        /// The index of the `Idempotency-Key` the account was made with.
        var registrationKey: [UInt8]?
    }

    private static let insert: SQL = """
        INSERT INTO users (id, email_index, email_sealed, name_sealed, password_hash, registration_key, language, role,
            tier, region, is_active, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING
        """
    private static let byID: SQL = """
        SELECT id, email_sealed, name_sealed, language, role, tier, region, is_active, created_at, updated_at
        FROM users WHERE id = ?1
        """
    private static let byEmail: SQL = """
        SELECT id, email_sealed, name_sealed, language, role, tier, region, is_active, created_at, updated_at,
            password_hash, registration_key
        FROM users WHERE email_index = ?1
        """
    private static let update: SQL = """
        UPDATE users SET name_sealed = ?2, language = ?3, role = ?4, tier = ?5, region = ?6, is_active = ?7,
            updated_at = ?8
        WHERE id = ?1
        """
    private static let setPassword: SQL = "UPDATE users SET password_hash = ?2 WHERE id = ?1"

    func sealed(_ user: User) throws -> Sealed {
        Sealed(
            emailIndex: emailIndex(user.email),
            email: try vault.seal(Secret(user.email.text), context: "users/email/\(user.id)"),
            name: try vault.seal(Secret(user.name), context: "users/name/\(user.id)"))
    }

    /// - Returns: false when the e-mail address or the ID is taken; nothing is changed then.
    func insert(
        _ user: User, _ sealed: Sealed, passwordHash: String, registrationKey: [UInt8]?, in transaction: Transaction
    ) throws -> Bool {
        try transaction.execute(
            Self.insert, user.id.text, sealed.emailIndex, sealed.email, sealed.name, passwordHash, registrationKey,
            user.language, user.role.rawValue, user.tier.rawValue, user.region, user.isActive, user.createdAt,
            user.updatedAt) == 1
    }

    func find(_ id: UserID, in transaction: Transaction) throws -> User? {
        try transaction.first(Self.byID, id.text, row: user)
    }

    func credentials(of email: EmailAddress, in transaction: Transaction) throws -> Credentials? {
        try transaction.first(Self.byEmail, emailIndex(email)) { row in
            Credentials(
                user: try user(row), passwordHash: row.text(10),
                registrationKey: row.isNull(11) ? nil : row.bytes(11))
        }
    }

    /// Stores everything that can change but e-mail address and password.
    func update(_ user: User, sealedName: [UInt8], in transaction: Transaction) throws {
        try transaction.execute(
            Self.update, user.id.text, sealedName, user.language, user.role.rawValue, user.tier.rawValue, user.region,
            user.isActive, user.updatedAt)
    }

    func sealedName(_ name: String, of id: UserID) throws -> [UInt8] {
        try vault.seal(Secret(name), context: "users/name/\(id)")
    }

    func setPasswordHash(_ hash: String, of id: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.setPassword, id.text, hash)
    }

    /// What failed attempts on an account are counted by, and what a registration is recognised by: keyed hashes, so
    /// that neither memory nor table says whose they are.
    func emailIndex(_ email: EmailAddress) -> [UInt8] { index.index(email.text, purpose: "users/email") }

    func registrationKeyIndex(_ key: String) -> [UInt8] { index.index(key, purpose: "users/registration-key") }

    private func user(_ row: Row) throws -> User {
        let id = UserID(unchecked: row.text(0))
        let email = try vault.openText(row.bytes(1), context: "users/email/\(id)")
        guard let address = EmailAddress(email.exposed), let tier = User.Tier(rawValue: row.text(5)) else {
            throw ServiceError(
                .internal, "stored-user", "The stored user \(id) cannot be read; restore it from a backup.")
        }
        return User(
            id: id, email: address, name: try vault.openText(row.bytes(2), context: "users/name/\(id)").exposed,
            language: row.text(3), role: Principal.Role(rawValue: row.text(4)), tier: tier, region: row.text(6),
            isActive: row.bool(7), createdAt: row.timestamp(8), updatedAt: row.timestamp(9))
    }
}
