#if os(Linux)
    internal import CNGHTTP2
    internal import FlotillaCore

    /// What nghttp2 tells while it reads. Nothing may be sent from in here, and nobody is made to work before all that
    /// has come is read.
    extension HTTP2Connection {
        func submitSettings() {
            var settings = [
                entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP2Limits.streamsMax),
                entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP2Limits.streamWindow),
                entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(clamping: server.limits.headBytesMax)),
            ]
            nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &settings, settings.count)
            nghttp2_session_set_local_window_size(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, HTTP2Limits.connectionWindow)
        }

        private func entry(_ setting: nghttp2_settings_id, _ value: UInt32) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(bitPattern: setting.rawValue), value: value)
        }

        /// Who serves the stream; nil: nobody any more.
        private func client(_ id: Int32) -> ClientConnection? {
            guard let data = nghttp2_session_get_stream_user_data(session, id) else { return nil }
            // Who is told to nghttp2 is in `active`, and is taken back before that changes.
            return Unmanaged<HTTP2Stream>.fromOpaque(data).takeUnretainedValue().client
        }

        // MARK: Frames

        func frameBegan(_ head: nghttp2_frame_hd) {
            let isIdle: Bool
            switch UInt32(head.type) {
            case NGHTTP2_DATA.rawValue:
                isIdle = head.length == 0 && UInt32(head.flags) & NGHTTP2_FLAG_END_STREAM.rawValue == 0
            case NGHTTP2_HEADERS.rawValue, NGHTTP2_WINDOW_UPDATE.rawValue, NGHTTP2_RST_STREAM.rawValue,
                NGHTTP2_CONTINUATION.rawValue:
                isIdle = false
            default: isIdle = true
            }
            if isIdle, !idleFrames.count(at: server.loop.now) { overdone() }
        }

        /// The client is told at once, before nghttp2 finds another reason in what comes behind.
        private func overdone() {
            guard !isFlooding else { return }
            isFlooding = true
            nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
        }

        func frameCame(_ frame: nghttp2_frame) {
            switch UInt32(frame.hd.type) {
            case NGHTTP2_HEADERS.rawValue:
                (headBegan, headClient) = (nil, nil)
                let endsRequest = UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
                if frame.headers.cat == NGHTTP2_HCAT_REQUEST {
                    headCame(frame.hd.stream_id, endsRequest: endsRequest)
                } else if endsRequest {
                    // What stands behind a body is not passed on.
                    requestEnded(frame.hd.stream_id)
                }
            case NGHTTP2_DATA.rawValue:
                if UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 { requestEnded(frame.hd.stream_id) }
            case NGHTTP2_RST_STREAM.rawValue:
                if !resets.count(at: server.loop.now) { overdone() }
            default: break
            }
        }

        // MARK: Heads

        func headBegan(_ frame: nghttp2_frame) {
            headBegan = server.loop.now
            headBytes = 0
            headClient = nil
            writer.begin(bytesMax: server.limits.headBytesMax)
            guard frame.headers.cat == NGHTTP2_HCAT_REQUEST else { return }
            let (client, stream) = server.takeStream()
            stream.place = active.count
            active.append(client)
            headClient = client
            nghttp2_session_set_stream_user_data(
                session, frame.hd.stream_id, Unmanaged.passUnretained(stream).toOpaque())
            client.serve(frame.hd.stream_id, of: self, stream)
        }

        func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
            guard let client = headClient else { return }
            writer.add(name, value, to: &client.input)
            if writer.surplus > HTTP2Limits.headExcess * server.limits.headBytesMax { overdone() }
        }

        private func headCame(_ id: Int32, endsRequest: Bool) {
            guard let client = client(id), case .stream(let stream) = client.transport else { return }
            stream.isChunked = writer.end(endsRequest: endsRequest, to: &client.input)
            guard !writer.isMalformed else { return malformed(id) }
            ready.append(client)
        }

        /// It is no request, so nobody answers it (RFC 9113, section 8.1.1).
        func malformed(_ id: Int32) {
            nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_PROTOCOL_ERROR.rawValue)
            if let client = client(id) { cutOff(client) }
            // Mistakes cost as much as changes of mind.
            if !resets.count(at: server.loop.now) { overdone() }
        }

        // MARK: Bodies

        func bodyCame(_ id: Int32, _ bytes: UnsafeRawBufferPointer) {
            guard let client = client(id), case .stream(let stream) = client.transport else {
                nghttp2_session_consume(session, id, bytes.count)
                return
            }
            stream.take(bytes)
            if ready.last !== client { ready.append(client) }
        }

        private func requestEnded(_ id: Int32) {
            guard let client = client(id), case .stream(let stream) = client.transport else { return }
            stream.endRequest()
            if ready.last !== client { ready.append(client) }
        }

        /// The client may send `count` more bytes, which were taken.
        func allow(_ count: Int, on id: Int32) {
            guard count > 0 else { return }
            nghttp2_session_consume(session, id, count)
            flushLater()
        }

        // MARK: Ends

        /// The stream is over, for both sides.
        func streamEnded(_ id: Int32) {
            // It may have ended in the middle of its head.
            if let client = client(id) { cutOff(client) }
        }

        /// Ends what serves a stream without a word to the other side.
        func cutOff(_ client: ClientConnection) {
            guard case .stream(let stream) = client.transport else { return }
            forget(stream, unread: stream.cutOff())
            client.close()
        }

        /// Who serves the stream has closed it.
        ///
        /// - Parameters:
        ///   - unread: bytes that came and that nobody took.
        ///   - isWhole: whether the answer is, which the client is told.
        func streamLeft(_ stream: HTTP2Stream, unread: Int, isWhole: Bool) {
            // What is left of a request that is answered need not come (RFC 9113, section 8.1).
            if !isWhole || nghttp2_session_get_stream_remote_close(session, stream.id) == 0 {
                let code = isWhole ? NGHTTP2_NO_ERROR : NGHTTP2_INTERNAL_ERROR
                nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
            }
            forget(stream, unread: unread)
            flushLater()
        }

        private func forget(_ stream: HTTP2Stream, unread: Int) {
            nghttp2_session_set_stream_user_data(session, stream.id, nil)
            // What still comes of its head is for nobody.
            if headClient === stream.client { headClient = nil }
            if unread > 0 { nghttp2_session_consume_connection(session, unread) }
            guard let last = active.popLast(), stream.place < active.count else { return }
            active[stream.place] = last
            if case .stream(let moved) = last.transport { moved.place = stream.place }
        }
    }
#endif
