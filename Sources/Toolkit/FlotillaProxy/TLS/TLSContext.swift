#if os(Linux)
    internal import COpenSSL
    public import FlotillaCore
    internal import Synchronization

    /// A server's side of TLS 1.3 (RFC 8446), by the system's OpenSSL: certificate, key, and whom to believe.
    ///
    /// HTTP/2 is offered before HTTP/1.1 (ALPN, RFC 7301). Clients come back by tickets, without a second handshake;
    /// data before the handshake's end (0-RTT) is not taken, since it can be replayed. Safe to share between threads.
    public final class TLSContext: Sendable {
        /// A reference to an `SSL_CTX`.
        ///
        /// Unchecked: OpenSSL counts the references by itself and lets any thread make sessions from a context that
        /// nobody changes any more, which is so once it is made here.
        private final class Loaded: @unchecked Sendable {
            let pointer: OpaquePointer
            init(_ pointer: OpaquePointer) { self.pointer = pointer }
            deinit { SSL_CTX_free(pointer) }
        }

        public let settings: TLSSettings
        private let loaded: Mutex<Loaded>

        /// Reads the files.
        ///
        /// - Throws: ``ServiceError`` `tls-certificate` when one cannot be read, or the key is another's.
        public init(_ settings: TLSSettings) throws(ServiceError) {
            self.settings = settings
            loaded = Mutex(try Self.load(settings))
        }

        /// Reads the files again; connections made from now on see what is in them. Those that stand are not disturbed;
        /// tickets given out so far are worth nothing any more.
        ///
        /// - Throws: ``ServiceError`` `tls-certificate`; everything then stays as it was.
        public func reload() throws(ServiceError) {
            let new = try Self.load(settings)
            loaded.withLock { $0 = new }
        }

        /// - Returns: nil when there is no memory for it.
        func session(_ socket: Socket) -> TLSSession? {
            let current = loaded.withLock { $0 }
            return SSL_new(current.pointer).map { TLSSession($0, socket) }
        }

        private static func load(_ settings: TLSSettings) throws(ServiceError) -> Loaded {
            ERR_clear_error()
            guard let pointer = SSL_CTX_new(TLS_server_method()) else {
                throw failure("OpenSSL cannot begin", path: nil)
            }
            let context = Loaded(pointer)
            flotilla_tls_set_modes(pointer)
            _ = flotilla_tls_set_minimum(pointer, settings.minimum == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION)
            // What HTTP/2 allows of TLS 1.2 (RFC 9113, section 9.2.2).
            SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20")
            SSL_CTX_set_alpn_select_cb(pointer, { TLSContext.choose($0, $1, $2, $3, $4, $5) }, nil)
            guard SSL_CTX_use_certificate_chain_file(pointer, settings.certificate) == 1 else {
                throw failure("The certificate cannot be read", path: settings.certificate)
            }
            guard SSL_CTX_use_PrivateKey_file(pointer, settings.key, SSL_FILETYPE_PEM) == 1 else {
                throw failure("The private key cannot be read, or is not that of the certificate", path: settings.key)
            }
            guard SSL_CTX_check_private_key(pointer) == 1 else {
                throw failure("The private key is not that of the certificate", path: settings.key)
            }
            if let clients = settings.clients { try ask(pointer, clients) }
            return context
        }

        private static func ask(_ context: OpaquePointer, _ clients: TLSSettings.Clients) throws(ServiceError) {
            guard SSL_CTX_load_verify_locations(context, clients.authority, nil) == 1,
                let names = SSL_load_client_CA_file(clients.authority)
            else { throw failure("The authority of clients cannot be read", path: clients.authority) }
            SSL_CTX_set_client_CA_list(context, names)
            SSL_CTX_set_verify(
                context, SSL_VERIFY_PEER | (clients.required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nil)
            // Without it, a client with a certificate could not come back by a ticket.
            let name = Array("flotilla".utf8)
            SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        }

        private static func failure(_ what: String, path: String?) -> ServiceError {
            let code = ERR_peek_last_error()
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            ERR_clear_error()
            let reason = code == 0 ? "" : ": " + String(
                decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let place = path.map { " ('\($0)')" } ?? ""
            return ServiceError(
                .invalid, "tls-certificate",
                "\(what)\(place)\(reason). Give a PEM file that this process may read.")
        }

        // MARK: Protocols

        private static let offered: StaticString = "\u{2}h2\u{8}http/1.1"

        /// ALPN's callback: the first of ours that the client speaks; a client that speaks neither is told so.
        private static func choose(
            _ session: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
            _ length: UnsafeMutablePointer<UInt8>?, _ asked: UnsafePointer<UInt8>?, _ askedCount: UInt32,
            _ context: UnsafeMutableRawPointer?
        ) -> Int32 {
            var found: UnsafeMutablePointer<UInt8>?
            let result = SSL_select_next_proto(
                &found, length, offered.utf8Start, UInt32(offered.utf8CodeUnitCount), asked, askedCount)
            guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            chosen?.pointee = UnsafePointer(found)
            return SSL_TLSEXT_ERR_OK
        }
    }
#endif
