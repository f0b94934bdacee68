#if os(Linux)
    internal import FlotillaCore

    /// Something with a socket of its own that lives in an ``EventLoop``. All calls come from the loop's thread.
    protocol LoopMember: AnyObject {
        /// There is something to tell of its socket.
        func socketReady(_ events: ReadyEvents)
        /// The time has come that was given to ``EventLoop/wake(_:at:)``.
        func timeIsUp()
        /// Another thread has left something for it.
        func deliver(_ message: ExchangeMessage)
        /// It is to finish what it does and then to go.
        func drain()
        /// It is to go at once.
        func abandon()
        /// The turn has ended in which it asked to be told (``EventLoop/callAtEnd(_:)``).
        func turnEnded()
        /// Since when it has waited for a client that has asked for nothing; nil: it has something to do.
        var idleSince: Duration? { get }
    }

    extension LoopMember {
        func turnEnded() {}
        var idleSince: Duration? { nil }
    }

    /// What other threads leave for a loop.
    enum LoopMail: Sendable {
        case message(ExchangeMessage, to: UInt64)
        /// To take nothing new, to finish what runs within that time, and to end.
        case drain(Duration)
    }

    /// One thread's share of the work: it waits for sockets, times and mail, and lets its members do what is to be
    /// done (reactor; Schmidt, "Pattern-Oriented Software Architecture", volume 2).
    ///
    /// The clock is read once a turn. Everything here belongs to the thread that calls ``run()``.
    final class EventLoop {
        private struct Slot {
            var generation: UInt32 = 0
            var member: (any LoopMember)?
        }

        /// One whose time is up is woken in a turn, and one more for so many sockets: of thousands that came together
        /// the time is up together, and others would wait for all of them.
        private static let socketsForEachWoken = 4

        /// The reading of the clock that never jumps, at the beginning of the turn.
        private(set) var now: Duration
        private(set) var isDraining = false
        /// How many live in it.
        private(set) var memberCount = 0
        private let epoll: Epoll
        private let inbox: LoopInbox<LoopMail>
        private let time: any TimeSource
        private var timers = LoopTimers()
        private var slots: [Slot] = []
        private var free: [Int] = []
        private var drainEnd: Duration?
        private var mail: [LoopMail] = []
        /// Who has not done all it could.
        private var unfinished: [UInt64] = []
        /// Who wants to know when the turn ends.
        private var ending: [UInt64] = []
        /// Called at the end of each turn.
        var afterTurn: () -> Void = {}

        /// - Parameter inbox: must ring the bell of `epoll`.
        init(epoll: Epoll, inbox: LoopInbox<LoopMail>, time: any TimeSource) {
            self.epoll = epoll
            self.inbox = inbox
            self.time = time
            now = time.uptime
        }

        /// Takes a member in.
        ///
        /// - Returns: its token; nil when the system has no room for its socket.
        func join(_ member: any LoopMember, _ socket: Socket, _ events: ReadyEvents) -> UInt64? {
            let token = join(member)
            guard epoll.add(socket, token: token, events) else {
                leave(token)
                return nil
            }
            return token
        }

        /// Takes a member in that has no socket of its own: times and mail are told to it.
        func join(_ member: any LoopMember) -> UInt64 {
            let slot = free.popLast() ?? slots.count
            if slot == slots.count { slots.append(Slot()) }
            slots[slot].member = member
            memberCount += 1
            return LoopToken.make(slot: slot, generation: slots[slot].generation)
        }

        /// Gives a member's place, and its socket, to another.
        func replace(_ token: UInt64, by other: any LoopMember) {
            guard member(token) != nil else { return }
            slots[LoopToken.slot(of: token)].member = other
        }

        /// Lets a member go that has closed its socket. Nothing more is told to it.
        func leave(_ token: UInt64) {
            let slot = LoopToken.slot(of: token)
            guard member(token) != nil else { return }
            slots[slot].member = nil
            slots[slot].generation &+= 1
            free.append(slot)
            memberCount -= 1
        }

        /// Tells nothing more of a socket that stays open.
        func ignore(_ socket: Socket) { epoll.remove(socket) }

        /// Wakes a member once, at `due` and not when it was to be woken before; nil: not at all.
        func wake(_ token: UInt64, at due: Duration?) { timers.set(token, due: due) }

        /// Tells a member in the next turn that it may go on, after the others had their turn.
        func callAgain(_ token: UInt64) { unfinished.append(token) }

        /// Tells a member when this turn ends, after all others have done what they do in it. To be asked once a turn.
        func callAtEnd(_ token: UInt64) { ending.append(token) }

        /// Works until it was told to drain and nobody is left.
        func run() {
            while !(isDraining && memberCount == 0) {
                let count = epoll.wait(milliseconds: patience())
                now = time.uptime
                for index in 0..<count {
                    let event = epoll.event(index)
                    if event.token != Epoll.bellToken { member(event.token)?.socketReady(event.events) }
                }
                readMail()
                goOn()
                wake(1 + count / Self.socketsForEachWoken)
                if let drainEnd, now >= drainEnd { abandonAll() }
                endTurn()
                afterTurn()
            }
            inbox.close()
        }

        private func wake(_ most: Int) {
            for _ in 0..<most {
                guard let token = timers.next(by: now) else { return }
                member(token)?.timeIsUp()
            }
        }

        private func goOn() {
            guard !unfinished.isEmpty else { return }
            let tokens = unfinished
            unfinished.removeAll(keepingCapacity: true)
            for token in tokens { member(token)?.socketReady([]) }
        }

        private func endTurn() {
            guard !ending.isEmpty else { return }
            let tokens = ending
            ending.removeAll(keepingCapacity: true)
            for token in tokens { member(token)?.turnEnded() }
        }

        private func member(_ token: UInt64) -> (any LoopMember)? {
            let slot = LoopToken.slot(of: token)
            guard slot < slots.count, token == LoopToken.make(slot: slot, generation: slots[slot].generation) else {
                return nil
            }
            return slots[slot].member
        }

        /// How many milliseconds there is nothing to do, as far as is known.
        private func patience() -> Int32 {
            guard unfinished.isEmpty, ending.isEmpty, inbox.fallAsleep() else { return 0 }
            guard let next = timers.nextDue.map({ min($0, drainEnd ?? $0) }) ?? drainEnd else { return -1 }
            // Rounded up: too early would be once around for nothing.
            return Int32(clamping: max(0, (next - now).microseconds + 999) / 1_000)
        }

        private func readMail() {
            inbox.take(into: &mail)
            for item in mail {
                switch item {
                case .message(let message, let token): member(token)?.deliver(message)
                case .drain(let time): drain(within: time)
                }
            }
        }

        private func drain(within time: Duration) {
            guard !isDraining else { return }
            isDraining = true
            drainEnd = now + time
            for slot in slots.indices { slots[slot].member?.drain() }
        }

        /// Tells those to go who have been idle for longest.
        ///
        /// - Parameter most: how many at most; of those who are idle, at most one in eight.
        /// - Returns: whether there was anybody.
        func dropIdle(_ most: Int) -> Bool {
            var idle: [(since: Duration, token: UInt64)] = []
            for slot in slots.indices {
                guard let since = slots[slot].member?.idleSince else { continue }
                idle.append((since, LoopToken.make(slot: slot, generation: slots[slot].generation)))
            }
            idle.sort { $0.since < $1.since }
            for (_, token) in idle.prefix(max(1, min(most, idle.count / 8))) { member(token)?.drain() }
            return !idle.isEmpty
        }

        private func abandonAll() {
            for slot in slots.indices { slots[slot].member?.abandon() }
        }
    }
#endif
