/// When the members of a loop want to be woken, one time each.
///
/// Almost every time is put off again before it comes: a connection that is used is not idle. So a later time costs
/// nothing here; the entry of the earlier one stays in the heap, and is put back when its time comes. Entries are at
/// most a few for each member. A value of its loop.
struct LoopTimers {
    private struct Entry {
        var due: Duration
        var token: UInt64
    }

    /// Of one member, by its slot.
    private struct Wish {
        /// Whose wish it is; a slot may serve another by now.
        var token = UInt64.max
        /// When it wants to be woken; nil: not.
        var due: Duration?
        /// The earliest entry for it in the heap.
        var queued: Duration?
    }

    private var heap: [Entry] = []
    private var wishes: [Wish] = []

    /// When something is due next; it may turn out that nothing is.
    var nextDue: Duration? { heap.first?.due }

    /// Entries in the heap.
    var count: Int { heap.count }

    /// Wakes the member at `due` instead of when it was to be woken before; nil: not at all.
    mutating func set(_ token: UInt64, due: Duration?) {
        let slot = LoopToken.slot(of: token)
        while wishes.count <= slot { wishes.append(Wish()) }
        if wishes[slot].token != token { wishes[slot] = Wish(token: token) }
        wishes[slot].due = due
        guard let due else { return }
        if let queued = wishes[slot].queued, queued <= due { return }
        wishes[slot].queued = due
        push(Entry(due: due, token: token))
    }

    /// The next member that is to be woken by `now`; its wish is then fulfilled.
    mutating func next(by now: Duration) -> UInt64? {
        while let first = heap.first, first.due <= now {
            pop()
            let slot = LoopToken.slot(of: first.token)
            // Of another member, or there is an earlier entry that speaks for it.
            guard wishes[slot].token == first.token, wishes[slot].queued == first.due else { continue }
            wishes[slot].queued = nil
            guard let due = wishes[slot].due else { continue }
            if due <= now {
                wishes[slot].due = nil
                return first.token
            }
            wishes[slot].queued = due
            push(Entry(due: due, token: first.token))
        }
        return nil
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].due < heap[parent].due else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func pop() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var index = 0
        while true {
            let left = 2 * index + 1
            var least = index
            if left < heap.count, heap[left].due < heap[least].due { least = left }
            if left + 1 < heap.count, heap[left + 1].due < heap[least].due { least = left + 1 }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}

/// A member of a loop: its slot, and which of those that have had the slot it is.
enum LoopToken {
    static func make(slot: Int, generation: UInt32) -> UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    static func slot(of token: UInt64) -> Int { Int(token & 0xFFFF_FFFF) }
}
