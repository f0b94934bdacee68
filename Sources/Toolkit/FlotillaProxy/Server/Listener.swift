#if os(Linux)
    internal import FlotillaCore

    /// Takes connections from a port and gives each to a ``ClientConnection`` of the same loop.
    final class Listener: LoopMember {
        /// So many in one turn; others wait for the next, so that requests get their turn.
        private static let takenMax = 64
        /// How long nothing is taken when the system has no descriptors left.
        private static let restTime = Duration.milliseconds(100)

        private let server: ServerLoop
        private let listening: ListeningSocket
        private let connectionsMax: Int
        private var connections = 0
        private var token: UInt64?
        private var isOpen = true

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
            for _ in 0..<Self.takenMax {
                guard connections < connectionsMax else { return pause() }
                switch listening.take() {
                case .connection(let socket, let address):
                    socket.setNoDelay()
                    if take(socket, from: address.host) { connections += 1 }
                case .none: return
                case .noRoom:
                    if let token { server.loop.wake(token, at: server.loop.now + Self.restTime) }
                    server.loop.ignore(listening.socket)
                    return
                }
            }
        }

        /// - Returns: false when there is no room for it; it is closed then.
        private func take(_ socket: Socket, from address: String) -> Bool {
            guard let tls = server.tls else {
                return ClientConnection(server, .plain(socket), from: ClientOrigin(address), listener: self).begin(socket)
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
            listen()
        }

        /// The rest after the system had no room.
        func timeIsUp() {
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
