internal import FlotillaConfiguration

/// How a gateway that stands alone speaks TLS with its clients.
struct TLSPlan: Sendable, Hashable {
    /// The oldest version that is spoken.
    enum Version: String, Sendable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// What clients are asked for.
    struct Clients: Sendable, Hashable {
        /// A PEM file with the certificates of those who may vouch for clients.
        var authority: String
        var required: Bool
    }

    /// PEM files, beside the plan's file where it gives no whole path.
    var certificate: String
    var key: String
    var clients: Clients?
    var minimum: Version

    /// Reads a group like this one, of which `certificate` and `key` have to be there:
    /// ```yaml
    /// certificate: tls/server.pem   # and those that vouch for it
    /// key: tls/server-key.pem
    /// clients: { authority: tls/clients.pem, required: true }
    /// minimum: "1.3"
    /// ```
    init(from fields: inout YAMLFields) {
        certificate = Self.path(
            &fields, "certificate", "A PEM file: the server's certificate, then those that vouch for it.")
        key = Self.path(&fields, "key", "A PEM file: the certificate's private key.")
        clients = fields.optionalGroup("clients", "Clients are asked for a certificate.") { fields in
            Clients(
                authority: Self.path(
                    &fields, "authority", "A PEM file: certificates of those who may vouch for clients."),
                required: fields.bool("required", default: true, "Whether a client without one is turned away."))
        }
        minimum = fields.choice("minimum", default: Version.tls13, "The oldest version of TLS that is spoken.")
    }

    private static func path(_ fields: inout YAMLFields, _ key: String, _ about: String) -> String {
        let path = fields.optionalText(key, about)
        if path == nil, !fields.isDescribing, !fields.has(key) {
            fields.problem(at: key, "is not set", allowed: "the path of a PEM file")
        }
        return path.map { LocalFile.path($0, beside: fields.origin) } ?? ""
    }

    /// The files, in the order of the keys.
    var files: [String] { [certificate, key] + (clients.map { [$0.authority] } ?? []) }
}
