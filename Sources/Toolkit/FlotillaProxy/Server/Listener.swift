#if os(Linux)
    internal import FlotillaCore

    /// Takes connections from a port and gives each to a ``ClientConnection`` of the same loop.
    final class Listener: LoopMember {
        /// So many in one turn; others wait for the next, so that requests get their turn.
        private static let takenMax = 64
        /// So many make room at once for others, so that they need not be looked for each time.
        private static let droppedMax = 32
        /// How long nothing is taken when there is no room and nobody makes any.
        private static let restTime = Duration.milliseconds(100)

        private let server: ServerLoop
        private let listening: ListeningSocket
        private let connectionsMax: Int
        private var connections = 0
        private var token: UInt64?
        private var isOpen = true
        private var isResting = false

        /// - Parameter connectionsMax: of this loop, at least 1.
        init(_ server: ServerLoop, _ listening: ListeningSocket, connectionsMax: Int) {
            self.server = server
            self.listening = listening
            self.connectionsMax = connectionsMax
        }

        func listen() {
            guard isOpen, token == nil else { return }
            token = server.loop.join(self, listening.socket, [.readable])
        }

        func socketReady(_ events: ReadyEvents) {
            // Somebody waits: that is what the event says, once.
            guard connections < connectionsMax || hasMadeRoom() else { return rest() }
            for _ in 0..<Self.takenMax where connections < connectionsMax {
                switch listening.take() {
                case .connection(let socket, let address):
                    socket.setNoDelay()
                    if take(socket, from: address.host) { connections += 1 }
                case .none: return
                case .noRoom:
                    if !server.loop.dropIdle(Self.droppedMax) { rest() }
                    return
                }
            }
        }

        /// - Returns: whether somebody who was idle has gone.
        private func hasMadeRoom() -> Bool {
            _ = server.loop.dropIdle(Self.droppedMax)
            return connections < connectionsMax
        }

        /// Takes nothing for a moment, or until a connection closes: looking for room each time would cost more than
        /// it yields.
        private func rest() {
            guard let token else { return }
            isResting = true
            server.loop.wake(token, at: server.loop.now + Self.restTime)
            server.loop.ignore(listening.socket)
        }

        /// - Returns: false when there is no room for it; it is closed then.
        private func take(_ socket: Socket, from address: String) -> Bool {
            guard let tls = server.tls else {
                let origin = ClientOrigin(address)
                return ClientConnection(server, .plain(socket), from: origin, listener: self).begin(socket)
            }
            guard let session = tls.session(socket) else {
                socket.close()
                return false
            }
            return TLSHandshake(server, session, from: address, listener: self).begin()
        }

        /// A connection has closed, so there is room.
        func connectionClosed() {
            connections -= 1
            // While it looks for room itself, it is told of what it finds.
            if isResting { timeIsUp() }
        }

        /// The rest is over.
        func timeIsUp() {
            guard isResting else { return }
            isResting = false
            pause()
            listen()
        }

        func deliver(_ message: ExchangeMessage) {}

        func drain() { close() }

        func abandon() { close() }

        private func pause() {
            guard let token else { return }
            server.loop.ignore(listening.socket)
            server.loop.leave(token)
            self.token = nil
        }

        private func close() {
            guard isOpen else { return }
            isOpen = false
            pause()
            listening.close()
        }
    }
#endif
