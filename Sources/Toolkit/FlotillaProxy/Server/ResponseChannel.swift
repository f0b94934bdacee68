#if os(Linux)
    internal import Synchronization

    /// The way back from the task that answers a request to the connection on which it came.
    ///
    /// Either ``send(_:_:)``, or ``begin(_:)``, any number of ``write(_:)`` and ``end()``. A channel that is let go
    /// before breaks the answer off. Safe to share between tasks; the parts are sent in the order of the calls.
    public final class ResponseChannel: Sendable {
        /// So many bytes may be on the way; then ``write(_:)`` waits.
        static let bytesMax = 64 << 10

        private struct State {
            /// Written by the task and not yet given to the system.
            var pending = 0
            var isOver = false
            var waitsForRoom: AsyncStream<Never>.Continuation?
            var waitsForEnd: AsyncStream<Never>.Continuation?
        }

        private let state = Mutex(State())
        private let isAnswered = Atomic(false)
        private let inbox: LoopInbox<LoopMail>
        private let token: UInt64
        private let exchange: UInt64

        init(inbox: LoopInbox<LoopMail>, token: UInt64, exchange: UInt64) {
            self.inbox = inbox
            self.token = token
            self.exchange = exchange
        }

        deinit { breakOff() }

        /// The whole answer.
        public func send(_ head: AnswerHead, _ body: [UInt8]) {
            guard isAnswered.exchange(true, ordering: .relaxed) == false else { return }
            post(.whole(head, body))
        }

        /// The beginning of an answer whose body comes in parts.
        public func begin(_ head: AnswerHead) { post(.begin(head)) }

        /// Sends a part of the body; returns when there is room for more, so that a slow client slows the sender.
        ///
        /// - Throws: `CancellationError` when the client has gone, or the task was cancelled.
        public func write(_ bytes: [UInt8]) async throws {
            try Task.checkCancellation()
            guard !bytes.isEmpty else { return }
            let isOver = state.withLock { state in
                state.pending += bytes.count
                return state.isOver
            }
            guard !isOver, post(.part(bytes)) else { throw CancellationError() }
            try await waitForRoom()
        }

        /// The body is whole.
        public func end() {
            guard isAnswered.exchange(true, ordering: .relaxed) == false else { return }
            post(.end)
        }

        /// The rest of the answer will never come; the client sees that it is not whole. Nothing after the end.
        public func breakOff() {
            guard isAnswered.exchange(true, ordering: .relaxed) == false else { return }
            post(.broken)
        }

        /// Whether nobody reads the answer any more.
        public var isOver: Bool { state.withLock { $0.isOver } }

        /// Returns when nobody reads the answer any more, or when the waiting task is cancelled. One task may wait.
        public func over() async {
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            let isOver = state.withLock { state in
                if !state.isOver { state.waitsForEnd = continuation }
                return state.isOver
            }
            if isOver { return }
            for await _ in stream {}
        }

        private func waitForRoom() async throws {
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            let hasRoom = state.withLock { state in
                guard state.pending > Self.bytesMax, !state.isOver else { return true }
                state.waitsForRoom = continuation
                return false
            }
            if !hasRoom { for await _ in stream {} }
            try Task.checkCancellation()
        }

        @discardableResult
        private func post(_ content: ExchangeMessage.Content) -> Bool {
            inbox.post(.message(ExchangeMessage(exchange: exchange, content: content), to: token))
        }

        // MARK: For the loop

        /// So many bytes of the parts have been given to the system since it was told last.
        func note(sent count: Int) {
            let waiting = state.withLock { state in
                state.pending -= count
                guard state.pending <= Self.bytesMax else { return nil as AsyncStream<Never>.Continuation? }
                defer { state.waitsForRoom = nil }
                return state.waitsForRoom
            }
            waiting?.finish()
        }

        /// Nobody reads the answer any more.
        func giveEnd() {
            let waiting = state.withLock { state in
                state.isOver = true
                defer { (state.waitsForEnd, state.waitsForRoom) = (nil, nil) }
                return (state.waitsForEnd, state.waitsForRoom)
            }
            waiting.0?.finish()
            waiting.1?.finish()
        }
    }
#endif
