internal import FlotillaCore
internal import FlotillaSecurity

/// A refresh token: which session, which generation, and the secret that proves it.
///
/// Its text is `<session>.<generation>.<secret>`; only the secret's digest is stored.
struct RefreshToken: Sendable {
    /// Longer texts are refused unread.
    static let bytesMax = 160

    let sessionID: SessionID
    let generation: Int
    let secret: OpaqueSecret

    init(sessionID: SessionID, generation: Int, secret: OpaqueSecret) {
        self.sessionID = sessionID
        self.generation = generation
        self.secret = secret
    }

    /// - Returns: nil for anything that cannot be a token of ours.
    init?(_ text: Secret) {
        let parts = text.exposed.split(separator: ".", omittingEmptySubsequences: false)
        guard text.exposed.utf8.count <= Self.bytesMax, parts.count == 3,
            let sessionID = SessionID(String(parts[0])), let generation = Int(parts[1]), generation > 0,
            let secret = OpaqueSecret(text: parts[2])
        else { return nil }
        self.init(sessionID: sessionID, generation: generation, secret: secret)
    }

    var text: Secret { Secret("\(sessionID).\(generation).\(secret.text.exposed)") }
}
