#if os(Linux)
    internal import COpenSSL

    /// One connection's TLS, over a socket that never blocks. Belongs to its loop's thread; its owner closes it, once.
    ///
    /// OpenSSL reads and writes through ``SocketBIO``, which knows from epoll, and from reads that came back short,
    /// when there is nothing to read: then it says so without asking the system.
    final class TLSSession {
        /// What came of an attempt to get on with the handshake.
        enum Handshake { case done, notNow, failed }

        let socket: Socket
        /// There may be something to read from the socket.
        fileprivate(set) var mayRead = false
        fileprivate(set) var mayWrite = true
        /// The other side sends nothing more; what it sent may still be unread.
        fileprivate(set) var hasPeerEnded = false
        /// Nothing may be sent any more: neither data nor a farewell.
        private var isBroken = false
        private let ssl: OpaquePointer

        /// - Parameter ssl: an `SSL`, which is this object's from now on.
        init(_ ssl: OpaquePointer, _ socket: Socket) {
            self.ssl = ssl
            self.socket = socket
            SSL_set_accept_state(ssl)
            if let bio = SocketBIO.make(self) { SSL_set_bio(ssl, bio, bio) } else { isBroken = true }
        }

        deinit { SSL_free(ssl) }

        /// Takes what epoll tells of the socket.
        func note(_ events: ReadyEvents) {
            if events.contains(.readable) { mayRead = true }
            if events.contains(.inputEnded) { (mayRead, hasPeerEnded) = (true, true) }
            if events.contains(.writable) { mayWrite = true }
        }

        func handshake() -> Handshake {
            guard !isBroken else { return .failed }
            let result = SSL_do_handshake(ssl)
            if result == 1 { return .done }
            switch outcome(of: result) {
            case .notNow: return .notNow
            case .moved, .ended, .failed: return .failed
            }
        }

        /// Whether the client wants to speak HTTP/2.
        var isHTTP2: Bool {
            var name: UnsafePointer<UInt8>?
            var count: UInt32 = 0
            SSL_get0_alpn_selected(ssl, &name, &count)
            guard count == 2, let name else { return false }
            return name[0] == UInt8(ascii: "h") && name[1] == UInt8(ascii: "2")
        }

        /// Nil when the client has shown none.
        func clientCertificate() -> ClientCertificate? {
            guard let certificate = SSL_get0_peer_certificate(ssl), SSL_get_verify_result(ssl) == X509_V_OK else {
                return nil
            }
            return ClientCertificate(x509: certificate)
        }

        /// Reads into `room`, which must not be empty: a record at most, so that there may be more.
        func receive(into room: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
            let count = SSL_read(ssl, room.baseAddress, Int32(clamping: room.count))
            return count > 0 ? .moved(Int(count)) : outcome(of: count)
        }

        /// Sends what of `bytes` there is room for. After ``Socket/Outcome/notNow`` the same bytes must be sent again,
        /// with others behind them or not, wherever they lie by then.
        func send(_ bytes: UnsafeRawBufferPointer) -> Socket.Outcome {
            guard !isBroken else { return .failed }
            let count = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
            return count > 0 ? .moved(Int(count)) : outcome(of: count)
        }

        /// Says that nothing more will be sent.
        func endOutput() {
            sayFarewell()
            socket.endOutput()
        }

        func close() {
            sayFarewell()
            socket.close()
        }

        /// Closes without a farewell, so that the other side sees that something is missing.
        func abort() {
            isBroken = true
            socket.abort()
        }

        private func sayFarewell() {
            guard !isBroken, SSL_is_init_finished(ssl) == 1 else { return }
            isBroken = true
            // What there is no room for is not said: the other side will see the end of the connection.
            if SSL_shutdown(ssl) < 0 { ERR_clear_error() }
        }

        /// The queue of errors is the thread's: whoever leaves one there makes the next session fail.
        private func outcome(of result: Int32) -> Socket.Outcome {
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .notNow
            case SSL_ERROR_ZERO_RETURN: return .ended
            default:
                isBroken = true
                ERR_clear_error()
                return .failed
            }
        }
    }

    /// How OpenSSL gets at the socket of a ``TLSSession``.
    private enum SocketBIO {
        /// A `BIO_METHOD`.
        ///
        /// Unchecked: it is filled once, before anybody sees it, and only read afterwards.
        private struct Method: @unchecked Sendable {
            let pointer: OpaquePointer?
        }

        private static let method = Method(pointer: makeMethod())

        static func make(_ session: TLSSession) -> OpaquePointer? {
            guard let method = method.pointer, let bio = BIO_new(method) else { return nil }
            // The session frees the BIO before it goes itself.
            BIO_set_data(bio, Unmanaged.passUnretained(session).toOpaque())
            BIO_set_init(bio, 1)
            return bio
        }

        private static func makeMethod() -> OpaquePointer? {
            let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
            guard let method = BIO_meth_new(kind, "loop socket") else { return nil }
            BIO_meth_set_read(method) { bio, bytes, count in
                guard let bio, let bytes, count > 0, let data = BIO_get_data(bio) else { return -1 }
                flotilla_bio_clear_retry(bio)
                let room = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
                return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue().read(room, bio)
            }
            BIO_meth_set_write(method) { bio, bytes, count in
                guard let bio, let bytes, count > 0, let data = BIO_get_data(bio) else { return -1 }
                flotilla_bio_clear_retry(bio)
                let ready = UnsafeRawBufferPointer(start: bytes, count: Int(count))
                return Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue().write(ready, bio)
            }
            BIO_meth_set_ctrl(method) { _, command, _, _ in flotilla_bio_is_flush(command) == 1 ? 1 : 0 }
            return method
        }
    }

    extension TLSSession {
        fileprivate func read(_ room: UnsafeMutableRawBufferPointer, _ bio: OpaquePointer) -> Int32 {
            guard mayRead else {
                flotilla_bio_retry_read(bio)
                return -1
            }
            switch socket.receive(into: room) {
            case .moved(let count):
                // A read that did not fill the room has read all there was; of more, epoll tells.
                if count < room.count, !hasPeerEnded { mayRead = false }
                return Int32(count)
            case .notNow:
                mayRead = false
                flotilla_bio_retry_read(bio)
                return -1
            case .ended: return 0
            case .failed: return -1
            }
        }

        fileprivate func write(_ bytes: UnsafeRawBufferPointer, _ bio: OpaquePointer) -> Int32 {
            guard mayWrite else {
                flotilla_bio_retry_write(bio)
                return -1
            }
            switch socket.send(bytes) {
            case .moved(let count): return Int32(count)
            case .notNow:
                mayWrite = false
                flotilla_bio_retry_write(bio)
                return -1
            case .ended, .failed: return -1
            }
        }
    }
#endif
