#if os(Linux)
    internal import FlotillaCore

    /// One client's connection: reads requests, has them decided and answered one after the other, whatever comes
    /// meanwhile (RFC 9112, section 9.3.2).
    ///
    /// Belongs to its loop's thread.
    final class ClientConnection: LoopMember {
        enum Phase {
            /// Waits for a head, or for the rest of it.
            case head
            /// Waits for the rest of a body.
            case body
            /// A task finds something out that the door has to know.
            case deciding
            /// A task makes the answer.
            case running
            /// A task sends the answer in parts.
            case streaming
            /// An upstream makes the answer.
            case forwarding
            /// The answer is given; what is left of the request's body is thrown away.
            case skipping
            /// The last answer goes out.
            case closing
            /// The last answer is out; what still comes is thrown away so that the client gets to read it.
            case lingering
            case closed
        }

        /// So many requests are looked at in one turn; then it is others' turn.
        private static let requestsPerTurn = 64
        /// So many times what there is to pass on is passed on, beyond one for each of these requests.
        private static let movesPerTurn = 64
        /// Of memory that is kept from stream to stream.
        private static let keptBytesMax = 16 << 10

        let server: ServerLoop
        private(set) var origin: ClientOrigin
        let transport: ClientTransport
        /// Nil for a stream, which is part of another connection.
        private let listener: Listener?
        private(set) var token: UInt64 = 0
        var phase = Phase.head
        var input = WireBuffer()
        var output = WireBuffer()
        var parser: RequestHeadParser
        /// There may be something to read: epoll said so, and not everything was read since.
        var mayRead = false
        var mayWrite = true
        /// The client sends nothing more; what it sent before may still be unread.
        var hasClientEnded = false
        /// What was last read was the end.
        var isInputOver = false
        /// Whether what comes is thrown away after the last answer.
        var lingers = false
        /// When the head or the body that is being read began, or the lingering; or the last request ended.
        var phaseBegan: Duration
        var lastProgress: Duration

        /// There was a request.
        var hasAsked = false
        /// The request that is being worked on.
        var exchange: UInt64 = 0
        var keepsAlive = true
        var isHead = false
        var isOldVersion = false
        var isChunked = false
        var channel: ResponseChannel?
        var forwarding: Forwarding?
        /// Bytes of parts that have been taken from the channel since it was last told.
        var partBytes = 0
        var held: HeldRequest?
        var incoming = IncomingBody()

        private var wake: Duration?

        init(_ server: ServerLoop, _ transport: ClientTransport, from origin: ClientOrigin, listener: Listener?) {
            self.server = server
            self.transport = transport
            self.origin = origin
            self.listener = listener
            parser = RequestHeadParser(limits: server.wireLimits)
            phaseBegan = server.loop.now
            lastProgress = server.loop.now
        }

        /// - Returns: false when the system has no room for it; it is closed then.
        func begin(_ socket: Socket) -> Bool {
            guard let token = server.loop.join(self, socket, .connection) else {
                socket.close()
                return false
            }
            self.token = token
            setWake()
            return true
        }

        /// Takes the place in the loop that `token` is for: the handshake's, which may have read more than it needed.
        func begin(_ token: UInt64) {
            self.token = token
            mayRead = true
            work()
        }

        /// Begins anew, as a stream whose head is going to lie in the input.
        func begin(from origin: ClientOrigin) {
            self.origin = origin
            token = server.loop.join(self)
            input.removeAll()
            output.removeAll()
            (phase, wake, exchange, partBytes) = (.head, nil, 0, 0)
            (keepsAlive, isHead, isOldVersion, isChunked, lingers) = (true, false, false, false, false)
            parser.reset()
            incoming.left = 0
            phaseBegan = server.loop.now
            lastProgress = server.loop.now
        }

        /// Whether it is one of several on a connection of HTTP/2.
        var isStream: Bool {
            if case .stream = transport { true } else { false }
        }

        /// Whether it may be that the client speaks HTTP/2 without having agreed on it.
        var canTurn: Bool {
            guard !hasAsked, case .plain = transport else { return false }
            return true
        }

        /// Leaves its place, and all that has come, to a connection of HTTP/2.
        func turnToHTTP2() {
            guard let listener else { return }
            phase = .closed
            let connection = HTTP2Connection(server, transport, from: origin, listener: listener)
            server.loop.wake(token, at: nil)
            server.loop.replace(token, by: connection)
            connection.begin(token, with: input.readable)
            input.release()
            output.release()
        }

        // MARK: LoopMember

        func socketReady(_ events: ReadyEvents) {
            guard phase != .closed else { return }
            // Nothing can be sent any more, so nobody would read an answer.
            if events.contains(.failed) || events.contains(.hungUp) { return close() }
            transport.note(events)
            if events.contains(.readable) { mayRead = true }
            if events.contains(.inputEnded) {
                (mayRead, hasClientEnded) = (true, true)
                if phase == .streaming { channel?.giveEnd() }
            }
            if events.contains(.writable) { mayWrite = true }
            work()
        }

        func deliver(_ message: ExchangeMessage) {
            let isAwaited = phase == .running || phase == .streaming || phase == .deciding
            guard isAwaited, message.exchange == exchange else { return }
            take(message.content)
            work()
        }

        func drain() {
            switch phase {
            case .streaming: channel?.giveEnd()
            case .forwarding where forwarding?.answerStage == .tunnel: close()
            case .head:
                // What has come already is answered.
                if input.isEmpty { mayRead = true }
                work()
                if phase == .head, input.isEmpty {
                    phase = .closing
                    work()
                }
            default: break
            }
        }

        func abandon() { close(isBroken: true) }

        var idleSince: Duration? {
            phase == .head && input.isEmpty && output.isEmpty && !isStream ? phaseBegan : nil
        }

        func timeIsUp() {
            wake = nil
            switch phase {
            case .head where !input.isEmpty && output.isEmpty: refuse(.headTooSlow)
            case .body: refuse(.bodyTooSlow)
            case .closed: return
            case .head, .deciding, .running, .streaming, .forwarding, .skipping, .closing, .lingering:
                return close(isBroken: !output.isEmpty)
            }
            work()
        }

        // MARK: Work

        /// Does what can be done now.
        func work() {
            var requestsLeft = Self.requestsPerTurn
            while step(&requestsLeft) {}
            if phase != .closed { setWake() }
        }

        /// - Returns: whether there may be more to do.
        private func step(_ requestsLeft: inout Int) -> Bool {
            switch phase {
            case .head:
                guard output.count <= ConnectionLimits.outputBytesMax else { return flush() }
                guard requestsLeft > 0 else {
                    flush()
                    server.loop.callAgain(token)
                    return false
                }
                if !input.isEmpty, readHead() {
                    requestsLeft -= 1
                    return true
                }
                return fill()
            case .body: return readBody() || fill()
            case .skipping: return skipBody() || fill()
            case .deciding, .running, .streaming:
                flush()
                return false
            case .forwarding:
                guard requestsLeft > -Self.movesPerTurn else {
                    server.loop.callAgain(token)
                    return false
                }
                requestsLeft -= 1
                flush()
                let hasMoved = forwarding?.move() ?? false
                flush()
                return hasMoved || phase != .forwarding
            case .closing:
                flush()
                guard phase == .closing, output.isEmpty else { return false }
                endOutput()
                return phase == .lingering
            case .lingering:
                incoming.surplus += input.count
                input.removeAll()
                guard incoming.surplus <= ConnectionLimits.refusedBytesMax else {
                    close()
                    return false
                }
                return fill()
            case .closed: return false
            }
        }

        /// Sends what there is room for.
        ///
        /// - Returns: whether everything is sent.
        @discardableResult
        func flush() -> Bool {
            if case .stream(let stream) = transport { return flush(to: stream) }
            while mayWrite, !output.isEmpty {
                switch transport.send(output.readable) {
                case .moved(let count):
                    output.consume(count)
                    lastProgress = server.loop.now
                case .notNow: mayWrite = false
                case .ended, .failed:
                    close()
                    return false
                }
            }
            tellOfRoom()
            return output.isEmpty
        }

        /// So many bytes of the output are on their way.
        func outputTaken(_ count: Int) {
            output.consume(count)
            lastProgress = server.loop.now
            tellOfRoom()
        }

        private func tellOfRoom() {
            guard partBytes > 0, output.count <= ResponseChannel.bytesMax / 2 else { return }
            channel?.note(sent: partBytes)
            partBytes = 0
        }

        /// Reads what has come.
        ///
        /// - Returns: whether there is more input than before.
        func fill() -> Bool {
            if case .stream(let stream) = transport { return fill(from: stream) }
            guard mayRead else {
                flush()
                return false
            }
            let room = input.writable(atLeast: phase == .head ? 2_048 : 16_384)
            switch transport.receive(into: room) {
            case .moved(let count):
                // A read that did not fill the room has read all there was; of more, epoll tells.
                if transport.readsAll, count < room.count, !hasClientEnded { mayRead = false }
                if phase == .head, input.isEmpty { phaseBegan = server.loop.now }
                input.commit(count)
                return true
            case .notNow:
                mayRead = false
                flush()
                return false
            case .ended:
                (mayRead, isInputOver, hasClientEnded) = (false, true, true)
                return inputEnded()
            case .failed:
                close()
                return false
            }
        }

        /// The client sends nothing more, and is told what is missing.
        private func inputEnded() -> Bool {
            switch phase {
            case .head where input.isEmpty, .skipping:
                lingers = false
                phase = .closing
            case .head, .body: refuse(.incomplete)
            case .lingering: close()
            default: break
            }
            return phase != .closed
        }

        private func endOutput() {
            guard lingers, !isInputOver, !isStream else { return close() }
            transport.endOutput()
            phase = .lingering
            phaseBegan = server.loop.now
            incoming.surplus = 0
        }

        /// - Parameter isBroken: so that the client sees that something is missing.
        func close(isBroken: Bool = false) {
            guard phase != .closed else { return }
            phase = .closed
            channel?.giveEnd()
            channel = nil
            forwarding?.clientClosed()
            forwarding = nil
            server.loop.leave(token)
            transport.close(isBroken: isBroken)
            held = nil
            incoming.bytes = []
            guard let listener else { return rest() }
            input.release()
            output.release()
            listener.connectionClosed()
        }

        /// Waits for another stream to serve, with its memory, unless that has become much.
        private func rest() {
            if input.capacity > Self.keptBytesMax { input.release() } else { input.removeAll() }
            if output.capacity > Self.keptBytesMax { output.release() } else { output.removeAll() }
            server.putBack(self)
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
            case .head where output.isEmpty:
                return phaseBegan + (input.isEmpty ? limits.idleTimeout : limits.headTimeout)
            case .body, .skipping: return phaseBegan + limits.bodyTimeout
            case .lingering: return phaseBegan + ConnectionLimits.lingerTimeout
            case .head, .deciding, .running, .streaming, .forwarding, .closing:
                return output.isEmpty ? nil : lastProgress + limits.idleTimeout
            case .closed: return nil
            }
        }
    }
#endif
