/// What a server shows to its clients, and asks of them, before a word of HTTP is said (TLS, RFC 8446).
public struct TLSSettings: Sendable, Hashable {
    /// The oldest version that is spoken.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// How clients say who they are.
    public struct Clients: Sendable, Hashable {
        /// The path of a PEM file with the certificates of those who may vouch for clients.
        public var authority: String
        /// Whether a client without a certificate is turned away. One with a certificate that nobody vouches for
        /// always is.
        public var required: Bool

        public init(authority: String, required: Bool) {
            self.authority = authority
            self.required = required
        }
    }

    /// The path of a PEM file: the server's certificate, then those that vouch for it.
    public var certificate: String
    /// The path of a PEM file with the certificate's private key, which no passphrase protects.
    public var key: String
    /// Nil: clients are not asked for a certificate.
    public var clients: Clients?
    public var minimum: Version

    public init(certificate: String, key: String, clients: Clients? = nil, minimum: Version = .tls13) {
        self.certificate = certificate
        self.key = key
        self.clients = clients
        self.minimum = minimum
    }
}
