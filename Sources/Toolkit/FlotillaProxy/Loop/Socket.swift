#if os(Linux)
    internal import Glibc

    /// A TCP socket that never blocks. Its owner closes it, once.
    struct Socket {
        let descriptor: Int32

        /// What came of an attempt to move bytes.
        enum Outcome {
            /// So many, at least one.
            case moved(Int)
            /// None now; epoll will tell when.
            case notNow
            /// The other side sends nothing more.
            case ended
            /// The connection is of no more use.
            case failed
        }

        /// Reads into `room`, which must not be empty.
        func receive(into room: UnsafeMutableRawBufferPointer) -> Outcome {
            while true {
                let count = recv(descriptor, room.baseAddress, room.count, 0)
                if count > 0 { return .moved(count) }
                if count == 0 { return .ended }
                switch errno {
                case EINTR: continue
                case EAGAIN: return .notNow
                default: return .failed
                }
            }
        }

        /// Sends what of `bytes` there is room for; `bytes` must not be empty.
        func send(_ bytes: UnsafeRawBufferPointer, hasMore: Bool = false) -> Outcome {
            let flags = Int32(MSG_NOSIGNAL) | (hasMore ? Int32(MSG_MORE) : 0)
            while true {
                let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
                if count >= 0 { return .moved(count) }
                switch errno {
                case EINTR: continue
                case EAGAIN: return .notNow
                default: return .failed
                }
            }
        }

        /// Says that nothing more will be sent.
        func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// The owner must not use it afterwards.
        func close() { Glibc.close(descriptor) }

        /// Closes so that the other side sees that something went wrong: by a reset.
        func abort() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            close()
        }

        /// What a connection in the making came to; 0 when it stands.
        func pendingError() -> Int32 {
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
        }

        /// Small parts go out at once instead of waiting for more.
        func setNoDelay() { set(Int32(IPPROTO_TCP), TCP_NODELAY) }

        func set(_ level: Int32, _ option: Int32) {
            var one: Int32 = 1
            setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
        }
    }
#endif
