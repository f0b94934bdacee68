#if os(Linux)
    internal import COpenSSL
    @testable internal import FlotillaProxy
    internal import Glibc

    /// A connection, with TLS or without, on which a test says what it likes. It blocks, so it belongs on a thread.
    final class WireClient {
        /// What a client of TLS wants.
        struct Wishes: Sendable {
            /// PEM file with those it believes; nil: anybody.
            var authority: String?
            var pair: TestCertificates.Pair?
            var protocols: [String] = []
            var version = TLS1_3_VERSION
        }

        /// What a client remembers of a connection, to come back by it.
        final class Memory {
            let session: OpaquePointer
            init(_ session: OpaquePointer) { self.session = session }
            deinit { SSL_SESSION_free(session) }
        }

        private let descriptor: Int32
        private var context: OpaquePointer?
        private var ssl: OpaquePointer?
        private(set) var received: [UInt8] = []
        /// Whether the other side said farewell before it closed.
        private(set) var wasToldEnd = false

        init(port: Int, receiveBytes: Int32 = 0) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            if receiveBytes > 0 {
                var bytes = receiveBytes
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
            }
            guard let address = SocketAddress(host: "127.0.0.1", port: port),
                address.read({ connect(descriptor, $0, $1) }) == 0
            else { throw SystemFailure("connect") }
        }

        deinit {
            if let ssl {
                // Who has not said farewell cannot come back by a ticket.
                SSL_shutdown(ssl)
                SSL_free(ssl)
            }
            SSL_CTX_free(context)
            Glibc.close(descriptor)
        }

        /// Does the handshake.
        ///
        /// - Returns: nil when it succeeded, else why not.
        func secure(_ wishes: Wishes = Wishes(), _ memory: Memory? = nil) -> String? {
            // OpenSSL writes to sockets that the other side has closed.
            signal(SIGPIPE, SIG_IGN)
            ERR_clear_error()
            context = SSL_CTX_new(TLS_client_method())
            guard let context else { return "no context" }
            _ = flotilla_tls_set_maximum(context, wishes.version)
            if let authority = wishes.authority {
                SSL_CTX_load_verify_locations(context, authority, nil)
                SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
            }
            if let pair = wishes.pair {
                SSL_CTX_use_certificate_file(context, pair.certificate, SSL_FILETYPE_PEM)
                SSL_CTX_use_PrivateKey_file(context, pair.key, SSL_FILETYPE_PEM)
            }
            ssl = SSL_new(context)
            SSL_set_fd(ssl, descriptor)
            let names = wishes.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
            if !names.isEmpty { SSL_set_alpn_protos(ssl, names, UInt32(names.count)) }
            if let memory { SSL_set_session(ssl, memory.session) }
            return SSL_connect(ssl) == 1 ? nil : reason()
        }

        private func reason() -> String {
            defer { ERR_clear_error() }
            return ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "broken off"
        }

        var version: Int32 { SSL_version(ssl) }
        var isReused: Bool { SSL_session_reused(ssl) == 1 }
        var memory: Memory? { SSL_get1_session(ssl).map { Memory($0) } }

        /// The protocol that was agreed on.
        var chosen: String {
            var name: UnsafePointer<UInt8>?
            var count: UInt32 = 0
            SSL_get0_alpn_selected(ssl, &name, &count)
            return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
        }

        /// The common name of the other side's certificate.
        var peer: String {
            guard let certificate = SSL_get0_peer_certificate(ssl) else { return "" }
            return ClientCertificate(x509: certificate).subject
        }

        func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { part in
                    if let ssl { return Int(SSL_write(ssl, part.baseAddress, Int32(part.count))) }
                    return Glibc.send(descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return ERR_clear_error() }
                rest = rest.dropFirst(count)
            }
        }

        func send(_ text: String) { send(Array(text.utf8)) }

        /// Says that nothing more will be sent.
        func endOutput() {
            if let ssl { SSL_shutdown(ssl) }
            shutdown(descriptor, Int32(SHUT_WR))
        }

        /// What has come, at least a byte; nil at the end.
        func receive() -> [UInt8]? {
            var part = [UInt8](repeating: 0, count: 16_384)
            guard let ssl else {
                let count = recv(descriptor, &part, part.count, 0)
                return count > 0 ? Array(part[..<count]) : nil
            }
            let count = SSL_read(ssl, &part, Int32(part.count))
            if count > 0 { return Array(part[..<Int(count)]) }
            if SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN { wasToldEnd = true }
            ERR_clear_error()
            return nil
        }

        /// Reads on until all read contains `text`; false when the other side closed before.
        func read(until text: String) -> Bool {
            while !String(decoding: received, as: UTF8.self).contains(text) {
                guard let part = receive() else { return false }
                received += part
            }
            return true
        }

        /// Everything until the other side closes.
        func readAll() -> String {
            while let part = receive() { received += part }
            return String(decoding: received, as: UTF8.self)
        }

        func clear() { received = [] }
    }
#endif
