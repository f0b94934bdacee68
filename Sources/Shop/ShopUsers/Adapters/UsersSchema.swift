internal import FlotillaStorage

/// The tables of Users.
///
/// E-mail addresses, names and postal addresses are sealed; `email_index` is a keyed hash, so that an address is
/// unique and can be looked up without being readable. Of refresh tokens there is a digest only.
enum UsersSchema {
    static let migrations = MigrationSet(
        "users",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE users (
                    id TEXT PRIMARY KEY, email_index {blob} NOT NULL UNIQUE, email_sealed {blob} NOT NULL,
                    name_sealed {blob} NOT NULL, password_hash TEXT NOT NULL, registration_key {blob},
                    language TEXT NOT NULL, role TEXT NOT NULL, tier TEXT NOT NULL, region TEXT NOT NULL,
                    is_active INTEGER NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
                CREATE TABLE sessions (
                    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), generation BIGINT NOT NULL,
                    digest {blob} NOT NULL, created_at BIGINT NOT NULL, renewed_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL, revoked_at BIGINT);
                CREATE INDEX sessions_by_user ON sessions (user_id, renewed_at);
                CREATE INDEX sessions_by_expiry ON sessions (expires_at);
                CREATE TABLE addresses (
                    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), sealed {blob} NOT NULL);
                CREATE INDEX addresses_by_user ON addresses (user_id, id);
                """)
        ])
}
