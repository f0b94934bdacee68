#if os(Linux)
    internal import Glibc

    /// An IP address with a port, as the system has it.
    struct SocketAddress: Sendable {
        private(set) var storage = sockaddr_storage()
        private(set) var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

        /// To be filled by the system.
        init() {}

        /// - Parameter host: an IP address, or a name that the system knows an address for. May wait for that.
        /// - Returns: nil when it is neither.
        init?(host: String, port: Int) {
            guard (0...65_535).contains(port) else { return nil }
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            hints.ai_flags = AI_NUMERICSERV
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else { return nil }
            defer { freeaddrinfo(found) }
            guard let address = found.pointee.ai_addr,
                Int(found.pointee.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size
            else { return nil }
            length = found.pointee.ai_addrlen
            withUnsafeMutableBytes(of: &storage) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
            }
        }

        var family: Int32 { Int32(storage.ss_family) }

        /// Without the port: `127.0.0.1`. Empty when it is no IP address.
        var host: String {
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let isKnown = read { address, _ in
                switch family {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        var address = $0.pointee.sin_addr
                        return inet_ntop(AF_INET, &address, &text, socklen_t(text.count)) != nil
                    }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        var address = $0.pointee.sin6_addr
                        return inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil
                    }
                default: false
                }
            }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return isKnown ? String(decoding: bytes, as: UTF8.self) : ""
        }

        var port: Int {
            read { address, _ in
                switch family {
                // Both kinds have the port in the same place.
                case AF_INET, AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        Int(UInt16(bigEndian: $0.pointee.sin_port))
                    }
                default: 0
                }
            }
        }

        /// Lends it to a system call that reads it.
        func read<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
            withUnsafePointer(to: storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }

        /// Lends it to a system call that fills it.
        mutating func fill<T>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> T) -> T {
            length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            return withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
            }
        }
    }
#endif
