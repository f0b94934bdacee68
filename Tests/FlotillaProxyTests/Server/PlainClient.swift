#if os(Linux)
    @testable internal import FlotillaProxy
    internal import Glibc
    internal import Synchronization

    /// A TCP connection on which a test says what it likes. It blocks, so it belongs on a thread (``onThread(_:)``).
    final class PlainClient {
        private let descriptor: Int32
        private(set) var received = ""

        /// - Parameter receiveBytes: how much the system takes in for it before it is read; 0: as usual.
        init(port: Int, receiveBytes: Int32 = 0) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            if receiveBytes > 0 {
                var bytes = receiveBytes
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
            }
            guard let address = SocketAddress(host: "127.0.0.1", port: port),
                address.read({ connect(descriptor, $0, $1) }) == 0
            else {
                Glibc.close(descriptor)
                throw SystemFailure("connect")
            }
        }

        deinit { Glibc.close(descriptor) }

        func send(_ text: String) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                bytes = bytes.dropFirst(count)
            }
        }

        /// Says that nothing more will be sent.
        func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// Reads on until all read contains `text`; false when the other side closed before.
        func read(until text: String) -> Bool {
            while !received.contains(text) {
                guard let part = receive() else { return false }
                received += part
            }
            return true
        }

        /// Everything until the other side closes.
        func readAll() -> String {
            while let part = receive() { received += part }
            return received
        }

        /// Reads what comes next; false when the other side has closed.
        func readMore() -> Bool {
            guard let part = receive() else { return false }
            received += part
            return true
        }

        /// Will go by a reset when it is let go.
        func willReset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }

        /// Forgets what was read.
        func clear() { received = "" }

        private func receive() -> String? {
            var part = [UInt8](repeating: 0, count: 16_384)
            let count = recv(descriptor, &part, part.count, 0)
            return count > 0 ? String(decoding: part[..<count], as: UTF8.self) : nil
        }
    }

    /// Runs something that blocks where it does not keep tasks from running.
    func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let box = ResultBox<T>()
        await LoopThread.run("test-client") { box.put(Result { try body() }) }
        return try box.value().get()
    }

    private final class ResultBox<T: Sendable>: Sendable {
        private let result = Mutex<Result<T, any Error>?>(nil)
        func put(_ value: Result<T, any Error>) { result.withLock { $0 = value } }
        func value() throws -> Result<T, any Error> {
            guard let value = result.withLock({ $0 }) else { throw SystemFailure("no result") }
            return value
        }
    }
#endif
