#if os(Linux)
    /// What the bytes of a ``ClientConnection`` go through.
    enum ClientTransport {
        case plain(Socket)
        case tls(TLSSession)
        /// One exchange among others on a connection of HTTP/2, which puts what comes into the input by itself, and
        /// takes the output from there.
        case stream(HTTP2Stream)

        /// Takes what epoll tells of the socket.
        func note(_ events: ReadyEvents) {
            if case .tls(let session) = self { session.note(events) }
        }

        /// Whether a read that does not fill its room has read all there is.
        var readsAll: Bool {
            if case .plain = self { true } else { false }
        }

        /// Reads into `room`, which must not be empty.
        func receive(into room: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
            switch self {
            case .plain(let socket): socket.receive(into: room)
            case .tls(let session): session.receive(into: room)
            case .stream: .notNow
            }
        }

        /// Sends what of `bytes` there is room for; `bytes` must not be empty.
        func send(_ bytes: UnsafeRawBufferPointer) -> Socket.Outcome {
            switch self {
            case .plain(let socket): socket.send(bytes)
            case .tls(let session): session.send(bytes)
            case .stream: .notNow
            }
        }

        /// Says that nothing more will be sent.
        func endOutput() {
            switch self {
            case .plain(let socket): socket.endOutput()
            case .tls(let session): session.endOutput()
            case .stream: break
            }
        }

        /// - Parameter isBroken: so that the other side sees that something is missing.
        func close(isBroken: Bool) {
            switch self {
            case .plain(let socket): isBroken ? socket.abort() : socket.close()
            case .tls(let session): isBroken ? session.abort() : session.close()
            case .stream(let stream): stream.leave(isBroken: isBroken)
            }
        }
    }
#endif
