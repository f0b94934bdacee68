#if os(Linux)
    internal import CNGHTTP2

    /// The way of answers: heads are handed to nghttp2, bodies stay in the output of who writes them until nghttp2 asks
    /// for them, and are copied once, behind the head of their frame.
    extension HTTP2Connection {
        /// Sends an answer's head, of which `bytes` is the text.
        func submit(_ head: ResponseHead, _ bytes: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
            fields.removeAll(keepingCapacity: true)
            let status: StaticString = ":status"
            // The three digits of the status line.
            fields.append(
                field(
                    UnsafeRawBufferPointer(start: status.utf8Start, count: status.utf8CodeUnitCount),
                    UnsafeRawBufferPointer(rebasing: bytes[9..<12])))
            let checksNames = head.connection.contains(.named)
            for item in head.fields where !Self.ofConnection.contains(item.known) {
                if checksNames, head.isNamedByConnection(item.name, WireBytes(bytes)) { continue }
                fields.append(field(item.name.bytes(of: bytes), item.value.bytes(of: bytes)))
            }
            let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
            if head.status < 200 {
                nghttp2_submit_headers(session, none, stream.id, nil, fields, fields.count, nil)
            } else if head.framing.isEmpty {
                stream.headPassed(head.framing)
                nghttp2_submit_response(session, stream.id, fields, fields.count, nil)
            } else {
                stream.headPassed(head.framing)
                var body = HTTP2Library.body
                nghttp2_submit_response(session, stream.id, fields, fields.count, &body)
            }
            flushLater()
        }

        /// Fields that HTTP/2 has no use for (RFC 9113, section 8.2.2).
        private static let ofConnection: KnownFieldSet = [
            .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade,
        ]

        /// nghttp2 copies both, and makes the name's letters small.
        private func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> nghttp2_nv {
            nghttp2_nv(
                name: UnsafeMutablePointer(mutating: name.baseAddress?.assumingMemoryBound(to: UInt8.self)),
                value: UnsafeMutablePointer(mutating: value.baseAddress?.assumingMemoryBound(to: UInt8.self)),
                namelen: name.count, valuelen: value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
        }

        /// There is more of a body.
        func bodyGrew(_ id: Int32, wasDeferred: Bool) {
            if wasDeferred { nghttp2_session_resume_data(session, id) }
            flushLater()
        }

        /// Who serves the stream; nil: nobody any more.
        private func stream(_ id: Int32) -> HTTP2Stream? {
            guard let data = nghttp2_session_get_stream_user_data(session, id) else { return nil }
            return Unmanaged<HTTP2Stream>.fromOpaque(data).takeUnretainedValue()
        }

        /// What of a body can go into a frame now.
        func offer(_ id: Int32, atMost count: Int) -> HTTP2Stream.Offer {
            stream(id)?.offer(atMost: count) ?? .broken
        }

        /// Writes a frame: its head, and what was offered for it.
        ///
        /// - Returns: false when nobody has offered it.
        func writeBody(_ id: Int32, _ head: UnsafeRawBufferPointer, _ count: Int) -> Bool {
            guard let stream = stream(id), let client = stream.client, count <= client.output.count else {
                return false
            }
            output.append(head)
            output.append(UnsafeRawBufferPointer(rebasing: client.output.readable[..<count]))
            client.outputTaken(count)
            drained.append(client)
            return true
        }
    }
#endif
