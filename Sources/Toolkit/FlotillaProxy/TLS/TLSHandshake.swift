#if os(Linux)
    internal import FlotillaCore

    /// A connection of which the first thing is a handshake: when that is done, it hands its place in the loop to a
    /// connection of the protocol that was agreed on.
    final class TLSHandshake: LoopMember {
        private let server: ServerLoop
        private let session: TLSSession
        private let remoteAddress: String
        private let listener: Listener
        private var token: UInt64 = 0
        private var isOver = false
        private let began: Duration

        init(_ server: ServerLoop, _ session: TLSSession, from remoteAddress: String, listener: Listener) {
            self.server = server
            self.session = session
            self.remoteAddress = remoteAddress
            self.listener = listener
            began = server.loop.now
        }

        /// - Returns: false when the system has no room for it; it is closed then.
        func begin() -> Bool {
            guard let token = server.loop.join(self, session.socket, .connection) else {
                session.socket.close()
                return false
            }
            self.token = token
            server.loop.wake(token, at: server.loop.now + server.limits.headTimeout)
            return true
        }

        func socketReady(_ events: ReadyEvents) {
            guard !isOver else { return }
            if events.contains(.failed) || events.contains(.hungUp) { return close() }
            session.note(events)
            switch session.handshake() {
            case .done: finish()
            case .notNow: break
            case .failed: close()
            }
        }

        private func finish() {
            isOver = true
            server.loop.wake(token, at: nil)
            let origin = ClientOrigin(remoteAddress, isSecure: true, certificate: session.clientCertificate())
            if session.isHTTP2 {
                let connection = HTTP2Connection(server, .tls(session), from: origin, listener: listener)
                server.loop.replace(token, by: connection)
                connection.begin(token)
            } else {
                let connection = ClientConnection(server, .tls(session), from: origin, listener: listener)
                server.loop.replace(token, by: connection)
                connection.begin(token)
            }
        }

        private func close() {
            isOver = true
            server.loop.leave(token)
            session.close()
            listener.connectionClosed()
        }

        /// Whoever is in no hurry makes room for others.
        var idleSince: Duration? { isOver ? nil : began }

        /// It takes longer than a head may.
        func timeIsUp() { if !isOver { close() } }

        func deliver(_ message: ExchangeMessage) {}

        /// Nothing was asked yet.
        func drain() { if !isOver { close() } }

        func abandon() { if !isOver { close() } }
    }
#endif
