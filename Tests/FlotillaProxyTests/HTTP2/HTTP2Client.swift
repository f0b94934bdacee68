#if os(Linux)
    internal import CNGHTTP2
    @testable internal import FlotillaProxy

    /// A client of HTTP/2 by nghttp2, over a ``WireClient``. It blocks, so it belongs on a thread.
    final class HTTP2Client {
        /// What has come for one request.
        struct Answer {
            /// All statuses, the interim ones before.
            var statuses: [String] = []
            var fields: [(name: String, value: String)] = []
            var body: [UInt8] = []
            /// The server has said all it has to say.
            var isWhole = false
            /// How the stream was reset; nil: it was not.
            var reset: UInt32?
            var isOver = false

            var status: String { statuses.last ?? "" }
            var text: String { String(decoding: body, as: UTF8.self) }
            func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        }

        let wire: WireClient
        private(set) var answers: [Int32: Answer] = [:]
        /// What the server has closed with.
        private(set) var goodbye: (last: Int32, code: UInt32)?
        private(set) var settings: [Int32: UInt32] = [:]
        private(set) var pings = 0
        private var session: OpaquePointer?
        /// Bodies that are still to be sent.
        private var bodies: [Int32: (bytes: [UInt8], isOpen: Bool)] = [:]
        /// Whether bodies of answers are taken, so that more may come.
        private let takes: Bool

        /// - Parameter takes: false: the windows of flow control stay as they are, so that bodies get stuck.
        init(_ wire: WireClient, takes: Bool = true, streamsMax: Int = 1_000) {
            self.wire = wire
            self.takes = takes
            var callbacks: OpaquePointer?
            nghttp2_session_callbacks_new(&callbacks)
            defer { nghttp2_session_callbacks_del(callbacks) }
            Self.listen(callbacks)
            var options: OpaquePointer?
            nghttp2_option_new(&options)
            defer { nghttp2_option_del(options) }
            nghttp2_option_set_no_auto_window_update(options, takes ? 0 : 1)
            nghttp2_option_set_peer_max_concurrent_streams(options, UInt32(streamsMax))
            nghttp2_session_client_new2(&session, callbacks, Unmanaged.passUnretained(self).toOpaque(), options)
            nghttp2_submit_settings(session, 0, nil, 0)
        }

        deinit { nghttp2_session_del(session) }

        private static func me(_ user: UnsafeMutableRawPointer?) -> HTTP2Client {
            guard let user else { preconditionFailure("nobody") }
            return Unmanaged<HTTP2Client>.fromOpaque(user).takeUnretainedValue()
        }

        private static func listen(_ callbacks: OpaquePointer?) {
            nghttp2_session_callbacks_set_on_header_callback(callbacks) {
                _, frame, name, nameCount, value, count, _, user in
                guard let frame else { return 0 }
                let name = String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self)
                let value = String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self)
                let id = frame.pointee.hd.stream_id
                if name == ":status" {
                    HTTP2Client.me(user).answers[id, default: Answer()].statuses.append(value)
                    HTTP2Client.me(user).answers[id]?.fields = []
                } else {
                    HTTP2Client.me(user).answers[id, default: Answer()].fields.append((name, value))
                }
                return 0
            }
            nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, user in
                let part = UnsafeBufferPointer(start: bytes, count: count)
                HTTP2Client.me(user).answers[id, default: Answer()].body += part
                return 0
            }
            nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
                if let frame { HTTP2Client.me(user).came(frame.pointee) }
                return 0
            }
            nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, _, user in
                HTTP2Client.me(user).answers[id, default: Answer()].isOver = true
                return 0
            }
        }

        private func came(_ frame: nghttp2_frame) {
            switch UInt32(frame.hd.type) {
            case NGHTTP2_GOAWAY.rawValue: goodbye = (frame.goaway.last_stream_id, frame.goaway.error_code)
            case NGHTTP2_RST_STREAM.rawValue:
                answers[frame.hd.stream_id, default: Answer()].reset = frame.rst_stream.error_code
            case NGHTTP2_PING.rawValue: pings += 1
            case NGHTTP2_SETTINGS.rawValue:
                for index in 0..<frame.settings.niv {
                    let entry = frame.settings.iv[index]
                    settings[entry.settings_id] = entry.value
                }
            case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
                if UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 {
                    answers[frame.hd.stream_id, default: Answer()].isWhole = true
                }
            default: break
            }
        }

        // MARK: Saying

        /// The usual four, and others.
        static func head(_ method: String, _ path: String, _ more: [(String, String)] = []) -> [(String, String)] {
            [(":method", method), (":scheme", "https"), (":authority", "h"), (":path", path)] + more
        }

        /// Queues a request.
        ///
        /// - Parameter body: nil: none.
        func ask(_ head: [(String, String)], body: [UInt8]? = nil, staysOpen: Bool = false) -> Int32 {
            let texts = head.map { (Array($0.0.utf8), Array($0.1.utf8)) }
            let all = texts.flatMap { $0.0 + $0.1 }
            return all.withUnsafeBufferPointer { bytes in
                var place = UnsafeMutablePointer(mutating: bytes.baseAddress)
                let fields = texts.map { name, value in
                    defer { place = place.map { $0 + name.count + value.count } }
                    return nghttp2_nv(
                        name: place, value: place.map { $0 + name.count }, namelen: name.count, valuelen: value.count,
                        flags: 0)
                }
                guard let body else { return nghttp2_submit_request(session, nil, fields, fields.count, nil, nil) }
                var source = nghttp2_data_provider(source: nghttp2_data_source()) {
                    _, id, room, count, flags, _, user in
                    HTTP2Client.me(user).take(id, room, count, flags)
                }
                let id = nghttp2_submit_request(session, nil, fields, fields.count, &source, nil)
                bodies[id] = (body, staysOpen)
                return id
            }
        }

        private func take(
            _ id: Int32, _ room: UnsafeMutablePointer<UInt8>?, _ count: Int, _ flags: UnsafeMutablePointer<UInt32>?
        ) -> Int {
            guard let (all, isOpen) = bodies[id] else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
            var bytes = all
            let ready = min(count, bytes.count)
            if ready == 0, isOpen { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
            for index in 0..<ready { room?[index] = bytes[index] }
            bytes.removeFirst(ready)
            bodies[id] = (bytes, isOpen)
            if bytes.isEmpty, !isOpen { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
            return ready
        }

        func reset(_ id: Int32) { nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_CANCEL.rawValue) }

        func ping() { nghttp2_submit_ping(session, 0, nil) }

        /// Lets bodies come that were held back.
        func take(_ count: Int32) {
            nghttp2_session_set_local_window_size(session, 0, 0, count)
            for id in answers.keys.sorted() where answers[id]?.isOver == false {
                nghttp2_session_set_local_window_size(session, 0, id, count)
            }
        }

        /// Sends what is queued.
        func flush() {
            var bytes: UnsafePointer<UInt8>?
            while true {
                let count = nghttp2_session_mem_send(session, &bytes)
                guard count > 0, let bytes else { return }
                wire.send(Array(UnsafeBufferPointer(start: bytes, count: count)))
            }
        }

        // MARK: Listening

        /// Sends and reads until `isEnough`.
        ///
        /// - Returns: false when the other side closed before.
        @discardableResult
        func go(until isEnough: (HTTP2Client) -> Bool) -> Bool {
            flush()
            while !isEnough(self) {
                guard let part = wire.receive() else { return false }
                if nghttp2_session_mem_recv(session, part, part.count) < 0 { return false }
                flush()
            }
            return true
        }

        /// The answer to a request, when the stream is over.
        func answer(to id: Int32) -> Answer {
            go { $0.answers[id]?.isOver == true }
            return answers[id] ?? Answer()
        }

        /// Asks, and waits for the answer.
        func fetch(
            _ method: String, _ path: String, _ more: [(String, String)] = [], body: [UInt8]? = nil
        ) -> Answer {
            answer(to: ask(Self.head(method, path, more), body: body))
        }

        /// Reads until the server has said goodbye and closed.
        func readToEnd() { go { _ in false } }
    }
#endif
