/// Where the requests of a connection come from. Shared by all that is made from the connection; never changes.
final class ClientOrigin: Sendable {
    /// The IP address as text.
    let address: String
    /// The same on the wire.
    let addressBytes: [UInt8]
    /// Whether it came over TLS.
    let isSecure: Bool
    let certificate: ClientCertificate?

    init(_ address: String, isSecure: Bool = false, certificate: ClientCertificate? = nil) {
        self.address = address
        addressBytes = Array(address.utf8)
        self.isSecure = isSecure
        self.certificate = certificate
    }
}
