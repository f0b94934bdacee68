#if os(Linux)
    internal import CNGHTTP2

    /// One request and its answer on a connection of HTTP/2: what the ``ClientConnection`` that serves it has in place
    /// of a socket. It serves one after the other, of any connection of its loop.
    final class HTTP2Stream {
        /// How far the answer has come.
        enum Stage { case head, body, whole }

        /// Unsafe: it is the client that keeps the stream, and nobody else does for longer.
        private(set) unowned(unsafe) var client: ClientConnection?
        /// Nil: nobody is at the other end.
        private(set) var connection: HTTP2Connection?
        private(set) var id: Int32 = 0
        /// Where it stands in the connection's list.
        var place = 0

        /// What has come of the request's body and was not taken yet, framed as the head says.
        var staged = WireBuffer()
        /// How many bytes the client has sent for it.
        private var stagedBytes = 0
        var isChunked = false

        private(set) var stage = Stage.head
        /// The connection has asked for more of the body than there was.
        private(set) var isDeferred = false
        private var framing = BodyFraming.none
        /// Bytes of the body, or of the chunk that is being sent, that are still to go.
        private var left = 0
        private var chunks = ChunkedDecoder(limits: WireLimits(bodyBytesMax: .max))

        func serve(for client: ClientConnection) { self.client = client }

        /// Begins anew.
        func begin(_ id: Int32, on connection: HTTP2Connection) {
            self.id = id
            self.connection = connection
            (stage, isDeferred, isChunked, stagedBytes) = (.head, false, false, 0)
            staged.removeAll()
        }

        // MARK: Request

        /// A part of the body has come.
        func take(_ bytes: UnsafeRawBufferPointer) {
            stagedBytes += bytes.count
            if isChunked { staged.appendChunk(bytes) } else { staged.append(bytes) }
        }

        func endRequest() { if isChunked { staged.appendLastChunk() } }

        /// What was staged is taken: the client may send as much again.
        func stagedTaken() {
            connection?.allow(stagedBytes, on: id)
            stagedBytes = 0
        }

        // MARK: Answer

        /// The answer's head is on its way.
        ///
        /// - Parameter framing: how the body stands in the client's output.
        func headPassed(_ framing: BodyFraming) {
            self.framing = framing
            stage = framing.isEmpty ? .whole : .body
            left = 0
            if case .length(let count) = framing { left = count }
            if framing == .chunked { chunks.reset(bodyBytesMax: .max) }
        }

        /// There is more of the answer's body.
        func bodyGrew() {
            guard stage == .body else { return }
            connection?.bodyGrew(id, wasDeferred: isDeferred)
            isDeferred = false
        }

        /// How much of the body can be sent now; it is at the front of the client's output.
        enum Offer {
            case bytes(Int, isLast: Bool)
            /// There will be more later.
            case later
            case broken
        }

        func offer(atMost count: Int) -> Offer {
            guard stage == .body, let client else { return .broken }
            if framing == .chunked, left == 0 {
                switch nextChunk(client) {
                case .none: break
                case .some(let offer): return offer
                }
            }
            let isEndless = framing == .untilClose
            let ready = min(count, client.output.count, isEndless ? .max : left)
            guard ready > 0 else {
                isDeferred = true
                return .later
            }
            if !isEndless { left -= ready }
            let isLast = left == 0 && framing != .chunked && !isEndless
            if isLast { stage = .whole }
            return .bytes(ready, isLast: isLast)
        }

        /// Takes the framing of chunks away from the front of the output.
        ///
        /// - Returns: nil when bytes of a chunk are at the front now.
        private func nextChunk(_ client: ClientConnection) -> Offer? {
            while !client.output.isEmpty {
                switch chunks.step(client.output.readable) {
                case .incomplete(let consumed): client.output.consume(consumed)
                case .payload(let range):
                    client.output.consume(range.lowerBound)
                    left = range.count
                    return nil
                case .end(let consumed):
                    client.output.consume(consumed)
                    stage = .whole
                    return .bytes(0, isLast: true)
                case .refused: return .broken
                }
            }
            isDeferred = true
            return .later
        }

        // MARK: End

        /// The client's side has closed: the stream ends with it.
        func leave(isBroken: Bool) {
            guard let connection else { return }
            connection.streamLeft(self, unread: stagedBytes, isWhole: stage == .whole && !isBroken)
            self.connection = nil
        }

        /// The stream has ended.
        ///
        /// - Returns: how many bytes came that nobody took.
        func cutOff() -> Int {
            connection = nil
            return stagedBytes
        }
    }
#endif
