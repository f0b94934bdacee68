/// Who sleeps, and until when, as a value: a heap by due time over slots that are used again.
///
/// Ending a sleep early leaves its entry in the heap until it is due or until such entries are more
/// than half; so both are cheap, and the memory is bounded by twice the number that sleep.
package struct SleepQueue<Waiter> {
    /// One sleep; worthless after its end.
    package struct Ticket: Sendable {
        let slot: Int
        let generation: UInt64

        init(slot: Int, generation: UInt64) {
            self.slot = slot
            self.generation = generation
        }
    }

    struct Slot {
        /// Counts the sleeps this slot has served, so that a ticket of an earlier one is known as such.
        var generation: UInt64 = 0
        var waiter: Waiter?

        init() {}
    }

    struct Entry {
        let due: Duration
        let ticket: Ticket

        init(due: Duration, ticket: Ticket) {
            self.due = due
            self.ticket = ticket
        }
    }

    /// Below this many entries it is not worth sorting out the dead ones.
    static var compactFrom: Int { 64 }

    var heap: [Entry] = []
    var slots: [Slot] = []
    var free: [Int] = []

    package init() {}

    /// Sleeps that have a ticket and have not ended.
    package var count: Int { slots.count - free.count }

    /// Entries held for them; never much above twice ``count``.
    package var entryCount: Int { heap.count }

    /// A ticket for a sleep that is about to begin; it can be ended before it has begun.
    package mutating func makeTicket() -> Ticket {
        let slot: Int
        if let last = free.popLast() {
            slot = last
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        return Ticket(slot: slot, generation: slots[slot].generation)
    }

    /// Lets `waiter` sleep until `due`.
    ///
    /// - Returns: false when the sleep has been ended already; the waiter is then not kept.
    package mutating func begin(_ ticket: Ticket, until due: Duration, _ waiter: Waiter) -> Bool {
        guard isCurrent(ticket) else { return false }
        slots[ticket.slot].waiter = waiter
        if heap.count >= Self.compactFrom, heap.count > 2 * count { compact() }
        heap.append(Entry(due: due, ticket: ticket))
        rise(from: heap.count - 1)
        return true
    }

    /// Ends a sleep early.
    ///
    /// - Returns: its waiter; nil when it had not begun, or has ended.
    package mutating func end(_ ticket: Ticket) -> Waiter? {
        guard isCurrent(ticket) else { return nil }
        let waiter = slots[ticket.slot].waiter
        slots[ticket.slot].waiter = nil
        slots[ticket.slot].generation += 1
        free.append(ticket.slot)
        return waiter
    }

    /// Ends the sleep that is due first, if it is due by `now`.
    package mutating func endNext(by now: Duration) -> Waiter? {
        while let first = heap.first {
            let isDead = !isCurrent(first.ticket)
            guard isDead || first.due <= now else { return nil }
            removeFirst()
            if !isDead, let waiter = end(first.ticket) { return waiter }
        }
        return nil
    }

    /// When somebody is due next; nil when nobody sleeps. May be too early, for a sleep that was ended.
    package var nextDue: Duration? { heap.first?.due }

    func isCurrent(_ ticket: Ticket) -> Bool { slots[ticket.slot].generation == ticket.generation }

    mutating func compact() {
        heap = heap.filter { isCurrent($0.ticket) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
    }

    mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        sink(from: 0)
    }

    mutating func rise(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].due < heap[parent].due else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    mutating func sink(from start: Int) {
        var index = start
        while true {
            let left = 2 * index + 1
            let right = left + 1
            var least = index
            if left < heap.count, heap[left].due < heap[least].due { least = left }
            if right < heap.count, heap[right].due < heap[least].due { least = right }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
