#if os(Linux)
    internal import FlotillaCore
    internal import Glibc

    /// A connection to an instance of an ``Upstream``: it reads and writes, and a ``Forwarding`` says what.
    ///
    /// Belongs to its loop's thread.
    final class UpstreamConnection: LoopMember {
        enum Stage { case connecting, ready, closed }

        let instance: PooledInstance
        private(set) var stage: Stage
        /// Whether it has served a request before; the other side may have closed it since.
        private(set) var isReused = false
        var input = WireBuffer()
        var output = WireBuffer()
        var parser: ResponseHeadParser
        private(set) var mayRead = false
        private(set) var mayWrite = false
        /// What was last read was the end.
        private(set) var isInputOver = false
        /// The other side will send nothing more.
        private var hasEnded = false
        /// Whom it serves; nil while it waits for a request.
        private(set) var forwarding: Forwarding?
        private let socket: Socket
        private unowned let loop: EventLoop
        private let limits: UpstreamLimits
        private var token: UInt64 = 0
        /// By when the answer to its request must have begun; nil: there is no such time, or it has begun.
        private var due: Duration?

        /// - Returns: nil when no connection can even be begun.
        init?(_ loop: EventLoop, _ limits: UpstreamLimits, _ instance: PooledInstance) {
            let address = instance.address
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            let descriptor = Glibc.socket(address.family, kind, 0)
            guard descriptor >= 0 else { return nil }
            socket = Socket(descriptor: descriptor)
            self.loop = loop
            self.limits = limits
            self.instance = instance
            parser = ResponseHeadParser(limits: WireLimits(headBytesMax: limits.headBytesMax, bodyBytesMax: .max))
            socket.setNoDelay()
            let isThere = address.read { Glibc.connect(descriptor, $0, $1) == 0 }
            guard isThere || errno == EINPROGRESS else {
                socket.close()
                return nil
            }
            stage = isThere ? .ready : .connecting
            mayWrite = isThere
            guard let token = loop.join(self, socket, .connection) else {
                socket.close()
                return nil
            }
            self.token = token
            loop.wake(token, at: loop.now + limits.connectTimeout)
        }

        // MARK: For the one it serves

        /// - Parameter due: by when an answer must have begun.
        func serve(_ forwarding: Forwarding, until due: Duration?) {
            self.forwarding = forwarding
            self.due = due
            if stage == .connecting, let due { loop.wake(token, at: min(due, loop.now + limits.connectTimeout)) }
        }

        /// The answer is waited for, or its next part.
        func awaitInput() {
            let patience = loop.now + limits.answerTimeout
            loop.wake(token, at: due.map { min($0, patience) } ?? patience)
        }

        /// The answer has begun; the rest of it may take as long as it takes.
        func answerBegan() {
            guard due != nil else { return }
            due = nil
            awaitInput()
        }

        /// Either side of a tunnel may be silent for longer.
        func awaitTunnel() { loop.wake(token, at: loop.now + limits.tunnelTimeout) }

        /// Its request is over, and it is good for another.
        func release() {
            forwarding = nil
            isReused = true
            input.removeAll()
            due = nil
            awaitInput()
            instance.putBack(self)
        }

        /// - Returns: false when it is closed, or cannot be written to any more.
        func flush() -> Bool {
            while mayWrite, !output.isEmpty {
                switch socket.send(output.readable) {
                case .moved(let count): output.consume(count)
                case .notNow: mayWrite = false
                case .ended, .failed: return false
                }
            }
            return true
        }

        /// What came of an attempt to read.
        enum Filled { case more, notNow, ended, failed }

        func fill() -> Filled {
            if isInputOver { return .ended }
            guard mayRead else { return .notNow }
            let room = input.writable(atLeast: 8_192)
            switch socket.receive(into: room) {
            case .moved(let count):
                if count < room.count, !hasEnded { mayRead = false }
                input.commit(count)
                return .more
            case .notNow:
                mayRead = false
                return .notNow
            case .ended:
                (mayRead, isInputOver) = (false, true)
                return .ended
            case .failed: return .failed
            }
        }

        func endOutput() { socket.endOutput() }

        func close() {
            guard stage != .closed else { return }
            let wasIdle = forwarding == nil
            stage = .closed
            forwarding = nil
            loop.leave(token)
            socket.close()
            input.release()
            output.release()
            if wasIdle { instance.forget(self) }
        }

        // MARK: LoopMember

        func socketReady(_ events: ReadyEvents) {
            if stage == .connecting { return connected(events) }
            if events.contains(.readable) { mayRead = true }
            if !events.isDisjoint(with: [.inputEnded, .hungUp, .failed]) { (mayRead, hasEnded) = (true, true) }
            if events.contains(.writable) { mayWrite = true }
            guard let forwarding else {
                // Nobody has asked it anything: whatever it says, it is of no use any more.
                if mayRead { close() }
                return
            }
            forwarding.work()
        }

        private func connected(_ events: ReadyEvents) {
            guard socket.pendingError() == 0, !events.contains(.hungUp) else {
                forwarding?.connectFailed()
                return
            }
            guard events.contains(.writable) else { return }
            stage = .ready
            mayWrite = true
            if events.contains(.readable) || events.contains(.inputEnded) { mayRead = true }
            forwarding?.connected()
        }

        func timeIsUp() {
            guard let forwarding else { return close() }
            forwarding.timeIsUp(isConnecting: stage == .connecting)
        }

        func deliver(_ message: ExchangeMessage) {}

        func drain() { if forwarding == nil { close() } }

        func abandon() { close() }
    }
#endif
