/// Who a client is, by a certificate that was verified: it is valid today, an authority that the server was told of
/// vouches for it, and the client has its key (mutual TLS).
public struct ClientCertificate: Sendable, Hashable {
    /// The subject as RFC 2253 writes it: `CN=orders,O=Shop`. Empty when it has none.
    public let subject: String
    /// DNS names among the subject's alternative names (RFC 5280, section 4.2.1.6), as they stand there.
    public let dnsNames: [String]
    /// URIs among them: `spiffe://shop/orders`.
    public let uris: [String]
    /// Addresses of e-mail among them.
    public let emails: [String]
    /// SHA-256 of the certificate as DER: 64 hexadecimal digits in lower case.
    public let fingerprint: String

    init(subject: String, dnsNames: [String], uris: [String], emails: [String], fingerprint: String) {
        self.subject = subject
        self.dnsNames = dnsNames
        self.uris = uris
        self.emails = emails
        self.fingerprint = fingerprint
    }
}
