#if os(Linux)
    internal import CEpoll
    internal import Glibc

    /// The kernel's list of sockets to watch, with the bell by which other threads end a wait (epoll(7), eventfd(2)).
    ///
    /// Belongs to one loop; only ``Bell`` may be used by other threads.
    final class Epoll {
        /// One socket of which there is something to tell.
        struct Event {
            var token: UInt64
            var events: ReadyEvents
        }

        /// The token under which the bell is told; no socket has it.
        static let bellToken = UInt64.max
        private static let eventsMax = 512

        let bell: Bell
        private let descriptor: Int32
        /// Filled by the kernel; the first ``wait(milliseconds:)`` returned so many are valid until the next call.
        private let events: UnsafeMutableBufferPointer<epoll_event>

        /// - Throws: ``SystemFailure`` when the system has no descriptors left.
        init() throws(SystemFailure) {
            let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
            guard descriptor >= 0 else { throw SystemFailure("epoll_create1") }
            self.descriptor = descriptor
            do {
                bell = try Bell()
            } catch {
                close(descriptor)
                throw error
            }
            events = .allocate(capacity: Self.eventsMax)
            events.initialize(repeating: epoll_event())
            // Told at each ring, so that it need never be read.
            guard change(EPOLL_CTL_ADD, bell.descriptor, Self.bellToken, [.readable, .edge]) else {
                throw SystemFailure("epoll_ctl")
            }
        }

        deinit {
            close(descriptor)
            events.deallocate()
        }

        /// - Returns: false when the system has no room for it.
        func add(_ socket: Socket, token: UInt64, _ wanted: ReadyEvents) -> Bool {
            change(EPOLL_CTL_ADD, socket.descriptor, token, wanted)
        }

        /// A socket that is closed needs no removal.
        func remove(_ socket: Socket) { _ = change(EPOLL_CTL_DEL, socket.descriptor, 0, []) }

        /// Waits until there is something to tell.
        ///
        /// - Parameter milliseconds: how long at most; below zero: for ever.
        /// - Returns: for how many sockets; ``event(_:)`` has them.
        func wait(milliseconds: Int32) -> Int {
            let count = epoll_wait(descriptor, events.baseAddress, Int32(Self.eventsMax), milliseconds)
            // Interrupted by a signal, which is as good as nothing to tell.
            return max(0, Int(count))
        }

        func event(_ index: Int) -> Event {
            let event = events[index]
            return Event(token: event.data.u64, events: ReadyEvents(rawValue: event.events))
        }

        private func change(_ operation: Int32, _ socket: Int32, _ token: UInt64, _ wanted: ReadyEvents) -> Bool {
            var event = epoll_event()
            event.events = wanted.rawValue
            event.data.u64 = token
            return epoll_ctl(descriptor, operation, socket, &event) == 0
        }
    }

    /// Ends a loop's wait, from any thread. It lives as long as anybody might ring it.
    final class Bell: Sendable {
        fileprivate let descriptor: Int32

        fileprivate init() throws(SystemFailure) {
            descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            guard descriptor >= 0 else { throw SystemFailure("eventfd") }
        }

        deinit { close(descriptor) }

        func ring() {
            var one: UInt64 = 1
            // It fails only when it was rung 2⁶⁴ times.
            _ = write(descriptor, &one, 8)
        }
    }

    /// A loop's ``Epoll`` on its way to the thread it will belong to.
    ///
    /// Unchecked: the one who makes it only takes the bell, which is `Sendable`; then the loop's thread alone uses it.
    struct LoopWake: @unchecked Sendable {
        let epoll: Epoll
        var bell: Bell { epoll.bell }

        init() throws(SystemFailure) { epoll = try Epoll() }
    }

    /// A system call that failed.
    struct SystemFailure: Error {
        var call: String
        var code: Int32

        init(_ call: String, code: Int32 = errno) {
            self.call = call
            self.code = code
        }

        /// In the system's words.
        var text: String { "\(call): \(String(cString: strerror(code)))" }
    }
#endif
