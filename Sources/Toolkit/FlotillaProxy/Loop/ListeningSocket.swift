#if os(Linux)
    internal import CEpoll
    internal import FlotillaCore
    internal import Glibc

    /// A port on which connections are taken.
    struct ListeningSocket: Sendable {
        /// How many connections the system keeps until they are taken.
        private static let backlog: Int32 = 1_024

        private let descriptor: Int32
        /// The actual one.
        let port: Int

        var socket: Socket { Socket(descriptor: descriptor) }

        /// Opens the same port `count` times, so that as many threads can take connections from it; the system
        /// spreads them (SO_REUSEPORT, socket(7)).
        ///
        /// - Parameter port: 0 for any free one.
        /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen`.
        static func open(host: String, port: Int, count: Int) throws(ServiceError) -> [ListeningSocket] {
            guard let address = SocketAddress(host: host, port: port) else {
                throw ServiceError(
                    .unavailable, "cannot-listen",
                    "Cannot listen on \(host):\(port): that is no address of this machine. Check the address.")
            }
            do {
                return try open(address, host, port, count)
            } catch {
                throw described(error, host, port)
            }
        }

        private static func open(
            _ address: SocketAddress, _ host: String, _ port: Int, _ count: Int
        ) throws(SystemFailure) -> [ListeningSocket] {
            // The first is not to be shared, so that a port that others share already is seen to be in use.
            let first = try ListeningSocket(address, isShared: false)
            guard count > 1 else { return [first] }
            let actual = SocketAddress(host: host, port: first.port) ?? address
            first.close()
            var all: [ListeningSocket] = []
            for _ in 0..<count {
                do {
                    all.append(try ListeningSocket(actual, isShared: true))
                } catch {
                    for socket in all { socket.close() }
                    throw error
                }
            }
            return all
        }

        private init(_ address: SocketAddress, isShared: Bool) throws(SystemFailure) {
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            let socket = Socket(descriptor: Glibc.socket(address.family, kind, 0))
            guard socket.descriptor >= 0 else { throw SystemFailure("socket") }
            socket.set(SOL_SOCKET, SO_REUSEADDR)
            if isShared { socket.set(SOL_SOCKET, SO_REUSEPORT) }
            let isBound = address.read { bind(socket.descriptor, $0, $1) == 0 }
            guard isBound, listen(socket.descriptor, Self.backlog) == 0 else {
                let failure = SystemFailure(isBound ? "listen" : "bind")
                socket.close()
                throw failure
            }
            var actual = SocketAddress()
            _ = actual.fill { getsockname(socket.descriptor, $0, $1) }
            descriptor = socket.descriptor
            port = actual.port
        }

        /// What came of an attempt to take a connection.
        enum Taken {
            case connection(Socket, SocketAddress)
            /// None waits.
            case none
            /// The system has no descriptors left, or no memory.
            case noRoom
        }

        func take() -> Taken {
            var address = SocketAddress()
            while true {
                let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
                let taken = address.fill { accept4(descriptor, $0, $1, flags) }
                if taken >= 0 { return .connection(Socket(descriptor: taken), address) }
                switch errno {
                case EAGAIN: return .none
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .noRoom
                // A connection that was given up while it waited, or a signal: there may be others.
                default: continue
                }
            }
        }

        func close() { socket.close() }

        private static func described(_ failure: SystemFailure, _ host: String, _ port: Int) -> ServiceError {
            if failure.code == EADDRINUSE { return .portInUse(port, on: host, cause: failure) }
            return ServiceError(
                .unavailable, "cannot-listen", "Cannot listen on \(host):\(port): \(failure.text).", cause: failure)
        }
    }
#endif
