#if os(Linux)
    internal import CNGHTTP2

    /// What all sessions of nghttp2 have in common: whom it tells what it has read, and how strict it is.
    ///
    /// Unchecked: both are filled once, before anybody sees them; every session copies what it needs.
    struct HTTP2Library: @unchecked Sendable {
        static let shared = HTTP2Library()

        private let callbacks: OpaquePointer?
        private let options: OpaquePointer?

        private init() {
            var callbacks: OpaquePointer?
            var options: OpaquePointer?
            nghttp2_session_callbacks_new(&callbacks)
            nghttp2_option_new(&options)
            // Bodies count as taken when somebody has taken them, so that slow readers slow the sender.
            nghttp2_option_set_no_auto_window_update(options, 1)
            // What is over is forgotten.
            nghttp2_option_set_no_closed_streams(options, 1)
            nghttp2_option_set_max_settings(options, 32)
            nghttp2_option_set_max_outbound_ack(options, 256)
            Self.setReading(callbacks)
            Self.setWriting(callbacks)
            self.callbacks = callbacks
            self.options = options
        }

        /// A session in which this side is the server.
        ///
        /// - Parameter owner: is told everything; it deletes the session before it goes.
        /// - Returns: nil when there is no memory for it.
        func session(_ owner: HTTP2Connection) -> OpaquePointer? {
            var session: OpaquePointer?
            let user = Unmanaged.passUnretained(owner).toOpaque()
            return nghttp2_session_server_new2(&session, callbacks, user, options) == 0 ? session : nil
        }

        private static func owner(_ user: UnsafeMutableRawPointer?) -> HTTP2Connection {
            guard let user else { preconditionFailure("a session without an owner") }
            return Unmanaged<HTTP2Connection>.fromOpaque(user).takeUnretainedValue()
        }

        private static func setReading(_ callbacks: OpaquePointer?) {
            nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
                guard let frame else { return 0 }
                HTTP2Library.owner(user).headBegan(frame.pointee)
                return 0
            }
            nghttp2_session_callbacks_set_on_header_callback(callbacks) {
                _, _, name, nameCount, value, count, _, user in
                guard let name else { return 0 }
                HTTP2Library.owner(user).field(
                    UnsafeRawBufferPointer(start: name, count: nameCount),
                    UnsafeRawBufferPointer(start: value, count: count))
                return 0
            }
            nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, frame, _, _, _, _, _, user in
                guard let frame else { return 0 }
                HTTP2Library.owner(user).malformed(frame.pointee.hd.stream_id)
                return 0
            }
            nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, head, user in
                guard let head else { return 0 }
                HTTP2Library.owner(user).frameBegan(head.pointee)
                return 0
            }
            nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
                guard let frame else { return 0 }
                HTTP2Library.owner(user).frameCame(frame.pointee)
                return 0
            }
            nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, user in
                guard let bytes else { return 0 }
                HTTP2Library.owner(user).bodyCame(id, UnsafeRawBufferPointer(start: bytes, count: count))
                return 0
            }
        }

        private static func setWriting(_ callbacks: OpaquePointer?) {
            nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, _, user in
                HTTP2Library.owner(user).streamEnded(id)
                return 0
            }
            nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, frame, head, count, _, user in
                guard let frame, let head else { return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
                let start = UnsafeRawBufferPointer(start: head, count: 9)
                let isWritten = HTTP2Library.owner(user).writeBody(frame.pointee.hd.stream_id, start, count)
                return isWritten ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
            }
        }

        /// Where the bodies of answers come from; the same for all.
        static var body: nghttp2_data_provider {
            nghttp2_data_provider(source: nghttp2_data_source()) { _, id, _, count, flags, _, user in
                switch HTTP2Library.owner(user).offer(id, atMost: count) {
                case .bytes(let ready, let isLast):
                    flags?.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
                    if isLast { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
                    return ready
                case .later: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
                case .broken: return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
                }
            }
        }
    }
#endif
