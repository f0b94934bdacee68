/// How a token may be signed. Each belongs to one type of key, and only to that one, so that no key is ever used with
/// an algorithm that the sender of a token has chosen (RFC 8725, section 3.1).
public enum TokenAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256, by RSA keys of 2048 bits and more.
    case rs256 = "RS256"
    /// ECDSA with SHA-256, by keys on the curve P-256.
    case es256 = "ES256"
}
