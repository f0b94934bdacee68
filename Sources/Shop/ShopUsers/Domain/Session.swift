internal import FlotillaCore
internal import ShopContracts

struct SessionID: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}

/// One sign-in: the family of refresh tokens that follow from it (RFC 9700, section 4.14.2).
///
/// Only the newest token is good. Each renewal makes a new one, one generation on; whoever comes with an older one
/// has a copy that was used before, by its owner or by a thief, and since nobody can tell which, the sign-in ends.
struct Session: Sendable, Hashable {
    /// How many a user may have at a time; the one not renewed for longest ends first.
    static let countMax = 50

    let id: SessionID
    let userID: UserID
    /// Counts the tokens given out; the first is 1.
    private(set) var generation: Int
    /// SHA-256 of the newest token's secret.
    private(set) var digest: [UInt8]
    let createdAt: Timestamp
    private(set) var renewedAt: Timestamp
    private(set) var expiresAt: Timestamp
    private(set) var revokedAt: Timestamp?

    init(
        id: SessionID, userID: UserID, generation: Int = 1, digest: [UInt8], createdAt: Timestamp,
        renewedAt: Timestamp, expiresAt: Timestamp, revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.userID = userID
        self.generation = generation
        self.digest = digest
        self.createdAt = createdAt
        self.renewedAt = renewedAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }

    /// What became of a token that was presented.
    enum Renewal: Sendable, Hashable {
        /// It was the newest; this is the session with its successor.
        case renewed(Session)
        /// It had been used before; this is the session, revoked.
        case reused(Session)
        /// It never was one, or the session is over.
        case refused
    }

    /// Presents a token of `generation`.
    ///
    /// An older generation counts as reused whatever its secret: the session's ID is known only to those who had one
    /// of its tokens, and they may end it anyway.
    /// - Parameters:
    ///   - isSecretRight: whether its secret is the newest token's.
    ///   - next: the digest of the token to come after it.
    func renewed(
        generation: Int, isSecretRight: Bool, next: [UInt8], now: Timestamp, lifetime: Duration
    ) -> Renewal {
        guard revokedAt == nil, now < expiresAt, generation <= self.generation else { return .refused }
        var session = self
        if generation < self.generation {
            session.revokedAt = now
            return .reused(session)
        }
        guard isSecretRight else { return .refused }
        session.generation += 1
        session.digest = next
        session.renewedAt = now
        session.expiresAt = now + lifetime
        return .renewed(session)
    }
}
