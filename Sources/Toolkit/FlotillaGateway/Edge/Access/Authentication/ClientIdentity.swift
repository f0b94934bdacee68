/// Whom a client's certificate names, once the handshake has proved it.
struct ClientIdentity: Sendable, Hashable {
    /// The distinguished name of the subject, as `CN=orders,O=shop`.
    var subject: String
    /// The subject's alternative names: hosts and URIs, as they stand in the certificate.
    var names: [String]
    /// The certificate's SHA-256, 64 lower-case hexadecimal digits.
    var sha256: String
}
