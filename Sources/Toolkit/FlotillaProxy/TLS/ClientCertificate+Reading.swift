#if os(Linux)
    internal import COpenSSL

    extension ClientCertificate {
        /// Gathers names while OpenSSL tells them.
        private final class Names {
            var dns: [String] = []
            var uris: [String] = []
            var emails: [String] = []

            func add(_ kind: Int32, _ text: String) {
                switch kind {
                case GEN_DNS: dns.append(text)
                case GEN_URI: uris.append(text)
                case GEN_EMAIL: emails.append(text)
                default: break
                }
            }
        }

        /// - Parameter certificate: an `X509`, which is only read.
        init(x509 certificate: OpaquePointer) {
            let subject = flotilla_x509_subject(certificate)
            defer { flotilla_free(subject) }
            let names = Names()
            let user = Unmanaged.passUnretained(names).toOpaque()
            flotilla_x509_names(certificate, user) { context, kind, bytes, count in
                guard let context, let bytes, count >= 0 else { return }
                let text = UnsafeBufferPointer(start: bytes, count: Int(count))
                // A name with a NUL in it means one thing to C and another to the rest of the world.
                guard !text.contains(0) else { return }
                Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
                    .add(kind, String(decoding: text, as: UTF8.self))
            }
            self.init(
                subject: subject.map { String(cString: $0) } ?? "", dnsNames: names.dns, uris: names.uris,
                emails: names.emails, fingerprint: Self.fingerprint(certificate))
        }

        private static func fingerprint(_ certificate: OpaquePointer) -> String {
            var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return "" }
            var text: [UInt8] = []
            for byte in digest.prefix(Int(count)) {
                for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 48 + digit : 87 + digit) }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
#endif
