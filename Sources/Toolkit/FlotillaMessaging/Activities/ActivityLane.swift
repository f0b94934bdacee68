internal import Synchronization

/// One activity at work: its tasks in memory, and whether more of them wait in the table.
///
/// Each has a lane of its own, so that one which is slow or asked for too often holds up no other.
final class ActivityLane: Sendable {
    /// Tasks in memory at a time; the rest waits in the table.
    static let inHandMax = 1_024

    private struct State {
        /// Queued or under way, so that the table's rows are not taken twice.
        var inHand: Set<Int64> = []
        /// Older tasks than those in hand may wait in the table: they come first.
        var isBehind = false
    }

    let activity: Activity
    let queue = WorkQueue<ActivityTask>()
    private let state = Mutex(State())

    init(_ activity: Activity) { self.activity = activity }

    /// Queues a task that has just become durable, unless others have to come first.
    func offer(_ task: ActivityTask) {
        let isTaken = state.withLock { state in
            if state.inHand.count >= Self.inHandMax { state.isBehind = true }
            return !state.isBehind && state.inHand.insert(task.position).inserted
        }
        if isTaken { queue.add(task) }
    }

    /// Queues what was read from the table, as far as there is room and it is not in hand.
    ///
    /// - Parameter isAll: whether the table has no more that are due.
    /// - Returns: whether the table should be read again at once.
    func take(_ tasks: [ActivityTask], isAll: Bool) -> Bool {
        let (taken, hasRoom) = state.withLock { state in
            var taken: [ActivityTask] = []
            state.isBehind = !isAll
            for task in tasks {
                if state.inHand.count >= Self.inHandMax {
                    state.isBehind = true
                    break
                }
                if state.inHand.insert(task.position).inserted { taken.append(task) }
            }
            return (taken, state.isBehind && state.inHand.count <= Self.inHandMax / 2)
        }
        for task in taken { queue.add(task) }
        return hasRoom
    }

    /// A try has ended.
    ///
    /// - Returns: whether there is room again for what waits in the table.
    func leave(_ task: ActivityTask) -> Bool {
        state.withLock { state in
            state.inHand.remove(task.position)
            return state.isBehind && state.inHand.count <= Self.inHandMax / 2
        }
    }
}
