#if os(Linux)
    internal import CNGHTTP2
    internal import FlotillaCore

    /// One client's connection of HTTP/2 (RFC 9113): nghttp2 reads and writes its frames and compresses its heads
    /// (HPACK); each request is served by a ``ClientConnection`` of its own, as if it were the only one.
    ///
    /// What is answered in one turn of the loop goes out at the end of the turn, in one piece. Belongs to its loop's
    /// thread.
    final class HTTP2Connection: LoopMember {
        enum Phase {
            case open
            /// All is said; what still comes is thrown away so that the client gets to read it.
            case lingering
            case closed
        }

        /// Of memory that an idle connection keeps for its output.
        private static let keptBytesMax = 8 << 10

        let server: ServerLoop
        let origin: ClientOrigin
        let transport: ClientTransport
        private let listener: Listener
        private var token: UInt64 = 0
        private(set) var phase = Phase.open
        /// The `nghttp2_session`.
        private(set) var session: OpaquePointer?
        /// Frames on their way out.
        var output = WireBuffer()
        /// Those who serve the requests that are under way.
        var active: [ClientConnection] = []
        /// Those for whom something has come.
        var ready: [ClientConnection] = []
        /// Those whose output has gone, and who may have more.
        var drained: [ClientConnection] = []
        var writer = HTTP2RequestWriter()
        /// Whose head is coming; heads never come side by side.
        var headClient: ClientConnection?
        /// Fields of an answer, for the time of a call.
        var fields: [nghttp2_nv] = []
        /// Since when a head has been coming that is not whole; with how many bytes it and what came with it took.
        var headBegan: Duration?
        var headBytes = 0
        var resets = FloodMeter(burst: HTTP2Limits.resetsBurst, perSecond: HTTP2Limits.resetsPerSecond)
        var idleFrames = FloodMeter(burst: HTTP2Limits.idleFramesBurst, perSecond: HTTP2Limits.idleFramesPerSecond)
        /// The client overdoes it.
        var isFlooding = false
        private var mayRead = true
        private var mayWrite = true
        private var hasPeerEnded = false
        private var isFlushDue = false
        private var lastProgress: Duration
        private var lastUse: Duration
        private var lingerBegan = Duration.zero
        private var lingered = 0
        private var wake: Duration?

        init(_ server: ServerLoop, _ transport: ClientTransport, from origin: ClientOrigin, listener: Listener) {
            self.server = server
            self.transport = transport
            self.origin = origin
            self.listener = listener
            lastProgress = server.loop.now
            lastUse = server.loop.now
            session = HTTP2Library.shared.session(self)
            submitSettings()
        }

        deinit { nghttp2_session_del(session) }

        /// Takes the place in the loop that `token` is for.
        ///
        /// - Parameter bytes: what has come already.
        func begin(_ token: UInt64, with bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)) {
            self.token = token
            guard session != nil else { return close() }
            if !bytes.isEmpty { take(bytes) }
            work()
        }

        /// What is to be sent is sent at the end of the turn.
        func flushLater() {
            guard !isFlushDue, phase == .open else { return }
            isFlushDue = true
            server.loop.callAtEnd(token)
        }

        // MARK: LoopMember

        func socketReady(_ events: ReadyEvents) {
            guard phase != .closed else { return }
            if events.contains(.failed) || events.contains(.hungUp) { return close() }
            transport.note(events)
            if events.contains(.readable) { mayRead = true }
            if events.contains(.inputEnded) { (mayRead, hasPeerEnded) = (true, true) }
            if events.contains(.writable) {
                mayWrite = true
                if !output.isEmpty { flushLater() }
            }
            work()
        }

        func turnEnded() {
            isFlushDue = false
            guard phase == .open else { return }
            flush()
            if phase != .closed { setWake() }
        }

        func deliver(_ message: ExchangeMessage) {}

        func drain() {
            guard phase == .open else { return }
            // What comes after these requests is not looked at, and the client may ask others for it.
            nghttp2_submit_goaway(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
                NGHTTP2_NO_ERROR.rawValue, nil, 0)
            flushLater()
        }

        func abandon() { close(isBroken: true) }

        var idleSince: Duration? {
            phase == .open && active.isEmpty && headBegan == nil && output.isEmpty ? lastUse : nil
        }

        func timeIsUp() {
            wake = nil
            guard phase == .open else { return close() }
            // Nobody reads, or a head takes for ever: there is nothing to wait for.
            if !output.isEmpty || headBegan != nil { return close(isBroken: true) }
            drain()
        }

        // MARK: Reading

        private func work() {
            if phase == .lingering { return linger() }
            var readsLeft = HTTP2Limits.readsPerTurn
            // Whoever does not read what is answered is not asked for more.
            while phase == .open, mayRead, output.count <= ConnectionLimits.outputBytesMax {
                guard readsLeft > 0 else {
                    server.loop.callAgain(token)
                    break
                }
                readsLeft -= 1
                read()
            }
            if phase != .closed { setWake() }
        }

        private func read() {
            let room = server.readRoom
            switch transport.receive(into: room) {
            case .moved(let count):
                if transport.readsAll, count < room.count, !hasPeerEnded { mayRead = false }
                take(UnsafeRawBufferPointer(rebasing: room[..<count]))
            case .notNow: mayRead = false
            case .ended:
                mayRead = false
                // There is nobody any more who would read the answers.
                close()
            case .failed: close(isBroken: true)
            }
        }

        private func take(_ bytes: UnsafeRawBufferPointer) {
            lastUse = server.loop.now
            headBytes += bytes.count
            let result = nghttp2_session_mem_recv(
                session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
            let isHeadEndless = headBegan != nil && headBytes > HTTP2Limits.headExcess * server.limits.headBytesMax
            if result < 0 || isFlooding || isHeadEndless {
                let isOverdone = isFlooding || isHeadEndless || result == Int(NGHTTP2_ERR_FLOODED.rawValue)
                let code = isOverdone ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR
                nghttp2_session_terminate_session(session, code.rawValue)
                mayRead = false
            }
            flushLater()
            guard !ready.isEmpty else { return }
            let clients = ready
            ready.removeAll(keepingCapacity: true)
            for client in clients { client.work() }
        }

        private func linger() {
            while phase == .lingering, mayRead {
                switch transport.receive(into: server.readRoom) {
                case .moved(let count):
                    lingered += count
                    if lingered > ConnectionLimits.refusedBytesMax { close() }
                case .notNow: mayRead = false
                case .ended, .failed: close()
                }
            }
        }

        // MARK: Writing

        private func flush() {
            while phase == .open {
                collect()
                guard !output.isEmpty, mayWrite else { break }
                switch transport.send(output.readable) {
                case .moved(let count):
                    output.consume(count)
                    lastProgress = server.loop.now
                case .notNow: mayWrite = false
                case .ended, .failed: return close()
                }
                goOn()
            }
            guard phase == .open else { return }
            let isOver = nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
            if output.isEmpty, isOver { end() }
            guard phase == .open else { return }
            // Reading was put off until there is room.
            if mayRead, output.count <= ConnectionLimits.outputBytesMax { server.loop.callAgain(token) }
            if output.isEmpty, active.isEmpty, output.capacity > Self.keptBytesMax { output.release() }
        }

        private func collect() {
            while output.count < HTTP2Limits.batchBytes {
                var bytes: UnsafePointer<UInt8>?
                let count = nghttp2_session_mem_send(session, &bytes)
                if count < 0 { return close(isBroken: true) }
                // Bodies are written to the output by themselves.
                guard count > 0, let bytes else { return }
                output.append(UnsafeRawBufferPointer(start: bytes, count: count))
            }
        }

        /// There is room for more of the answers.
        private func goOn() {
            guard !drained.isEmpty else { return }
            let clients = drained
            drained.removeAll(keepingCapacity: true)
            for client in clients { client.work() }
        }

        private func end() {
            closeStreams()
            transport.endOutput()
            (phase, mayRead) = (.lingering, true)
            lingerBegan = server.loop.now
            if hasPeerEnded { close() } else { linger() }
        }

        private func close(isBroken: Bool = false) {
            guard phase != .closed else { return }
            phase = .closed
            closeStreams()
            server.loop.leave(token)
            transport.close(isBroken: isBroken)
            output.release()
            (ready, drained) = ([], [])
            listener.connectionClosed()
        }

        private func closeStreams() {
            while let client = active.last { cutOff(client) }
        }

        // MARK: Time

        private func setWake() {
            let due = dueTime()
            guard due != wake else { return }
            wake = due
            server.loop.wake(token, at: due)
        }

        /// When the patience with the client ends.
        private func dueTime() -> Duration? {
            let limits = server.limits
            switch phase {
            case .closed: return nil
            case .lingering: return lingerBegan + ConnectionLimits.lingerTimeout
            case .open:
                if let headBegan { return headBegan + limits.headTimeout }
                if !output.isEmpty { return lastProgress + limits.idleTimeout }
                return active.isEmpty ? lastUse + limits.idleTimeout : nil
            }
        }
    }
#endif
