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

    private let current: Mutex<Activity>
    let queue = WorkQueue<ActivityTask>()
    private let state = Mutex(State())

    init(_ activity: Activity) {
        current = Mutex(activity)
        queue.setWorkers(activity.concurrencyMax)
    }

    /// The activity, by the policy that holds now. A try goes by the one it began with.
    var activity: Activity { current.withLock { $0 } }

    /// Goes by another policy from the next try on; nil: by the activity's own.
    func adopt(_ policy: ActivityPolicy?) {
        let concurrency = current.withLock { activity in
            activity = activity.going(by: policy)
            return activity.concurrencyMax
        }
        queue.setWorkers(concurrency)
    }

    /// How things are now.
    var snapshot: ActivitySnapshot {
        let (activity, isBehind) = (activity, state.withLock { $0.isBehind })
        let waiting = queue.count
        return ActivitySnapshot(
            name: activity.name, policy: activity.wholePolicy,
            running: max(0, state.withLock { $0.inHand.count } - waiting), waiting: waiting, isBehind: isBehind)
    }

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

/// An activity of a service at one moment, for operators and metrics.
public struct ActivitySnapshot: Sendable, Hashable {
    /// Which.
    public var name: String
    /// How it is done.
    public var policy: ActivityPolicy
    /// Tries under way.
    public var running: Int
    /// Those that wait for one of these to end.
    public var waiting: Int
    /// Whether more may wait in the table.
    public var isBehind: Bool
}
