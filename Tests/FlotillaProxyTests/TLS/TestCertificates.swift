#if os(Linux)
    internal import COpenSSL
    internal import FlotillaCore
    @testable internal import FlotillaProxy
    internal import Foundation

    /// A folder with an authority of the test's own and what it vouches for, as PEM files; gone with the value.
    final class TestCertificates: Sendable {
        struct Failed: Error { var what: String }

        /// A certificate with its key.
        struct Pair: Sendable {
            var certificate: String
            var key: String
        }

        /// Unchecked: made once, and only read until it is freed with its owner.
        private struct Issuer: @unchecked Sendable {
            let certificate: OpaquePointer
            let key: OpaquePointer
        }

        private let folder: String
        private let issuer: Issuer
        /// The authority's certificate.
        let authority: String

        init(_ name: String = "Test Authority") throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let key = try Self.key()
            let certificate = try Self.certificate(name, names: nil, key, by: nil)
            issuer = Issuer(certificate: certificate, key: key)
            authority = "\(folder)/authority.pem"
            try Self.write(certificate, to: authority)
        }

        deinit {
            X509_free(issuer.certificate)
            EVP_PKEY_free(issuer.key)
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// A certificate that the authority vouches for.
        ///
        /// - Parameter names: as OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
        func issue(_ subject: String, names: String, file: String = "pair") throws -> Pair {
            let pair = Pair(certificate: "\(folder)/\(file).pem", key: "\(folder)/\(file)-key.pem")
            let key = try Self.key()
            let certificate = try Self.certificate(subject, names: names, key, by: issuer)
            defer {
                X509_free(certificate)
                EVP_PKEY_free(key)
            }
            try Self.write(certificate, to: pair.certificate)
            guard let file = BIO_new_file(pair.key, "w") else { throw Failed(what: "file of the key") }
            defer { BIO_free(file) }
            guard PEM_write_bio_PrivateKey(file, key, nil, nil, 0, nil, nil) == 1 else { throw Failed(what: "key") }
            return pair
        }

        /// Puts the content of one file into another.
        func replace(_ path: String, by other: String) throws {
            try Data(contentsOf: URL(filePath: other)).write(to: URL(filePath: path))
        }

        func server(file: String = "server") throws -> Pair {
            try issue("localhost", names: "DNS:localhost,IP:127.0.0.1", file: file)
        }

        private static func key() throws -> OpaquePointer {
            guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil) else { throw Failed(what: "kind of key") }
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_keygen(context, &key) == 1, let key else {
                throw Failed(what: "new key")
            }
            return key
        }

        private static func certificate(
            _ subject: String, names: String?, _ key: OpaquePointer, by issuer: Issuer?
        ) throws -> OpaquePointer {
            guard let certificate = X509_new() else { throw Failed(what: "certificate") }
            X509_set_version(certificate, 2)
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1..<1_000_000_000))
            X509_gmtime_adj(X509_getm_notBefore(certificate), -60)
            X509_gmtime_adj(X509_getm_notAfter(certificate), 3_600)
            X509_set_pubkey(certificate, key)
            X509_NAME_add_entry_by_txt(
                X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, subject, Int32(subject.utf8.count), -1, 0)
            X509_set_issuer_name(
                certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
            let extensions = names.map { [(NID_subject_alt_name, $0)] }
                ?? [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign")]
            for (kind, text) in extensions {
                guard let made = X509V3_EXT_conf_nid(nil, nil, kind, text) else { throw Failed(what: text) }
                X509_add_ext(certificate, made, -1)
                X509_EXTENSION_free(made)
            }
            guard X509_sign(certificate, issuer?.key ?? key, nil) > 0 else { throw Failed(what: "signature") }
            return certificate
        }

        private static func write(_ certificate: OpaquePointer, to path: String) throws {
            guard let file = BIO_new_file(path, "w") else { throw Failed(what: path) }
            defer { BIO_free(file) }
            guard PEM_write_bio_X509(file, certificate) == 1 else { throw Failed(what: path) }
        }
    }
#endif
