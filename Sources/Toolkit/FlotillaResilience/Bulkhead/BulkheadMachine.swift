/// The bulkhead as a value: who has room, who waits, in the order in which they came.
///
/// Room that becomes free goes straight to whoever waits longest, so nobody can overtake the queue.
struct BulkheadMachine: Sendable {
    enum Entry: Sendable, Equatable {
        case entered
        case queued
        case refused
    }

    private(set) var policy: BulkheadPolicy
    /// Those inside. ``Bulkhead`` counts them while nobody waits and puts the number here before it asks anything.
    var running = 0
    private(set) var refusals = 0
    /// Tickets that wait, ascending from `head`; what is before has been served.
    private var queue: [UInt64] = []
    private var head = 0
    private var lastTicket: UInt64 = 0

    init(_ policy: BulkheadPolicy) { self.policy = policy }

    var waiting: Int { queue.count - head }

    mutating func makeTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Enters if there is room; does not queue.
    mutating func enterAtOnce() -> Bool {
        guard running < policy.concurrencyMax, waiting == 0 else { return false }
        running += 1
        return true
    }

    /// Counts a call that was sent away.
    mutating func refuse() { refusals += 1 }

    /// Enters, or queues with `ticket`, or refuses.
    mutating func enter(_ ticket: UInt64) -> Entry {
        if enterAtOnce() { return .entered }
        guard waiting < policy.queueMax else {
            refuse()
            return .refused
        }
        // A later ticket may arrive first; the queue stays ascending, so that it is by age.
        let place = queue[head...].lastIndex { $0 < ticket }.map { $0 + 1 } ?? head
        queue.insert(ticket, at: place)
        return .queued
    }

    /// One that was inside has left.
    ///
    /// - Returns: the ticket that now has its room, if any waits and there is still room for it.
    mutating func leave() -> UInt64? {
        precondition(running > 0, "more calls left the bulkhead than had entered it")
        running -= 1
        return admitNext()
    }

    /// Lets the one in that waits longest, if there is room.
    mutating func admitNext() -> UInt64? {
        guard head < queue.count, running < policy.concurrencyMax else { return nil }
        running += 1
        let ticket = queue[head]
        head += 1
        if head == queue.count || head >= 64 {
            queue.removeFirst(head)
            head = 0
        }
        return ticket
    }

    /// Takes a waiting ticket out of the queue.
    ///
    /// - Returns: false when it does not wait (any more).
    mutating func abandon(_ ticket: UInt64, isRefusal: Bool) -> Bool {
        guard let index = queue[head...].firstIndex(of: ticket) else { return false }
        queue.remove(at: index)
        if isRefusal { refuse() }
        return true
    }

    /// Goes by other bounds from now on. Nobody is sent away for it: those inside and those who wait stay.
    ///
    /// - Returns: the tickets that now have room.
    mutating func adopt(_ policy: BulkheadPolicy) -> [UInt64] {
        self.policy = policy
        var admitted: [UInt64] = []
        while let ticket = admitNext() { admitted.append(ticket) }
        return admitted
    }
}
