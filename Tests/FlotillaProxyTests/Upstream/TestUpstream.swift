#if os(Linux)
    @testable internal import FlotillaProxy
    internal import Glibc
    internal import Synchronization

    /// A server that behaves as a test wants: it takes one connection after the other and gives each to a script.
    final class TestUpstream: Sendable {
        /// One connection, from the server's side.
        struct Peer {
            fileprivate let descriptor: Int32
            /// How many came before it.
            let number: Int

            /// Reads until a head, or `text`, is there; what was read.
            @discardableResult
            func read(until text: String = "\r\n\r\n") -> String {
                var all = ""
                var part = [UInt8](repeating: 0, count: 65_536)
                while !all.contains(text) {
                    let count = recv(descriptor, &part, part.count, 0)
                    guard count > 0 else { return all }
                    all += String(decoding: part[..<count], as: UTF8.self)
                }
                return all
            }

            /// Reads until what came ends in `text`; how many bytes that were.
            func readCount(untilSuffix text: String) -> Int {
                let wanted = Array(text.utf8)
                var tail: [UInt8] = []
                var count = 0
                var part = [UInt8](repeating: 0, count: 65_536)
                while tail != wanted {
                    let length = recv(descriptor, &part, part.count, 0)
                    guard length > 0 else { return count }
                    count += length
                    tail = (tail + part[..<length]).suffix(wanted.count)
                }
                return count
            }

            func send(_ text: String) {
                let bytes = Array(text.utf8)
                _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }

            /// Closes by a reset.
            func reset() {
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            }

            /// Whether the other side is still there, and silent, after so long.
            func isPatient(for milliseconds: Int32) -> Bool {
                var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                return poll(&event, 1, milliseconds) == 0
            }

            /// Waits until the other side closes.
            func waitForEnd() {
                var part = [UInt8](repeating: 0, count: 65_536)
                while recv(descriptor, &part, part.count, 0) > 0 {}
            }
        }

        let port: Int
        private let descriptor: Int32
        private let taken = Atomic(0)
        private let over = Atomic(0)
        private let script: @Sendable (Peer) -> Void

        /// Connections there have been.
        var connections: Int { taken.load(ordering: .sequentiallyConsistent) }
        /// Those of them that its script is through with.
        var ends: Int { over.load(ordering: .sequentiallyConsistent) }
        var address: String { "127.0.0.1:\(port)" }

        /// - Parameter isListening: false: it has a port on which nobody takes connections.
        init(isListening: Bool = true, _ script: @escaping @Sendable (Peer) -> Void) throws {
            self.script = script
            let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            descriptor = fd
            let any = SocketAddress(host: "127.0.0.1", port: 0)
            let isBound = any?.read { bind(fd, $0, $1) == 0 } ?? false
            var actual = SocketAddress()
            _ = actual.fill { getsockname(fd, $0, $1) }
            port = actual.port
            guard isBound, !isListening || listen(fd, 64) == 0 else { throw SystemFailure("listen") }
        }

        deinit { close(descriptor) }

        fileprivate func serve() {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                script(Peer(descriptor: peer, number: taken.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue))
                close(peer)
                over.add(1, ordering: .sequentiallyConsistent)
            }
        }

        fileprivate func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

        /// Serves for the time of `body`, connections one after the other.
        func during<T: Sendable>(_ body: @escaping @Sendable (TestUpstream) async throws -> T) async throws -> T {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await LoopThread.run("test-upstream") { self.serve() } }
                defer { stop() }
                return try await body(self)
            }
        }
    }

    /// What a client gets of a server that forwards everything to `upstream`.
    func forwarded<T: Sendable>(
        to addresses: [String], _ change: (inout UpstreamLimits) -> Void = { _ in },
        _ body: @escaping @Sendable (_ port: Int) throws -> T
    ) async throws -> T {
        var limits = UpstreamLimits()
        change(&limits)
        let upstream = try Upstream("backend", instances: addresses, limits: limits)
        return try await withLoopServer(
            TestDoor { _, _ in .forward(Forward(upstream)) }, threads: 1, { $0.bodyBytesMax = 1 << 30 }, body)
    }
#endif
