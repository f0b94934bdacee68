internal import Crypto
public import FlotillaCore

/// A random secret of 256 bits that is given out once and of which only a digest is kept: refresh tokens, API keys,
/// links in e-mails.
///
/// A plain SHA-256 is enough for the digest, since nobody can guess 256 random bits; passwords need ``PasswordHasher``.
public struct OpaqueSecret: Sendable {
    private let bytes: [UInt8]

    /// A new secret.
    ///
    /// - Parameter random: outside of tests it must be cryptographic.
    public init(from random: any RandomSource) { bytes = random.bytes(32) }

    /// Reads the text form.
    ///
    /// - Returns: nil when it is not 43 characters of base64url.
    public init?(text: some StringProtocol) {
        guard text.utf8.count == 43, let bytes = Base64.decode(text.utf8) else { return nil }
        self.bytes = bytes
    }

    /// 43 characters of base64url, to be handed out.
    public var text: Secret { Secret(Base64.encode(bytes)) }

    /// SHA-256, 32 bytes, to be stored.
    public var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// Whether this is the secret of which `digest` was kept; takes the same time either way.
    public func matches(_ digest: [UInt8]) -> Bool { isEqualInConstantTime(self.digest, digest) }
}
