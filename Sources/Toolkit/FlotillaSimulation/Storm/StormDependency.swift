internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// What the callers of a storm call: it can do so much and no more, and does what was asked whether or not anybody
/// still waits for it.
///
/// One after another, in order of arrival, out of a queue with room for ten seconds. An answer that nobody waited for
/// does not get into its cache. That makes it as unforgiving as real ones are.
final class StormDependency: Sendable {
    private static let queueMax = Duration.seconds(10)

    private static let broken = ServiceError(.unavailable, "reset", "The connection broke.")

    private struct State {
        var event: StormPlan.Event?
        var busyUntil = Duration.zero
        var cached: Set<Int> = []
        var attempts = 0
        var retries = 0
        /// How often each call that must not be made twice was made.
        var unsafe: [Int: Int] = [:]
    }

    private let plan: StormPlan
    private let world: World
    private let door: StormDoor?
    private let state: Mutex<State>

    init(_ plan: StormPlan, _ mutant: StormMutant?, _ world: World) {
        self.plan = plan
        self.world = world
        door = plan.hasDoor
            ? StormDoor(AdaptiveLimit(limitMin: 4, limitMax: 200, limitStart: 20), mutant, world) : nil
        var state = State()
        state.cached = Set(0..<StormPlan.keys)
        self.state = Mutex(state)
    }

    /// Attempts that arrived, and those of them that were repetitions.
    var arrived: (attempts: Int, retries: Int) { state.withLock { ($0.attempts, $0.retries) } }

    /// How many of the calls that must not be made twice were.
    var doubled: Int { state.withLock { state in state.unsafe.values.count { $0 > 1 } } }

    /// The event begins, or is over (nil).
    func set(_ event: StormPlan.Event?) {
        let now = world.time.uptime
        state.withLock { state in
            state.event = event
            guard event == .refuses || event == .hangs || event == nil && plan.emptiesCache else { return }
            // A process that was away has nothing in its queue.
            state.busyUntil = now
            if plan.emptiesCache { state.cached = [] }
        }
    }

    /// One attempt.
    ///
    /// - Parameters:
    ///   - key: what is asked for.
    ///   - unsafeID: of a call that must not be made twice; nil: it may.
    func serve(_ key: Int, unsafeID: Int?, isRetry: Bool) async throws {
        state.withLock { state in
            state.attempts += 1
            if isRetry { state.retries += 1 }
        }
        guard let door else { return try await work(key, unsafeID) }
        // What must not be made twice is somebody who pays.
        try await door.run(unsafeID == nil ? .standard : .critical) { try await self.work(key, unsafeID) }
    }

    private func work(_ key: Int, _ unsafeID: Int?) async throws {
        let now = world.time.uptime
        let luck = world.random.unit()
        let wait: Duration = try state.withLock { state in
            if let unsafeID { state.unsafe[unsafeID, default: 0] += 1 }
            if luck < plan.loss { throw Self.broken }
            var work = plan.work
            var latency = plan.latency
            switch state.event {
            case .refuses: throw ServiceError(.unavailable, "refused", "Nobody listens.")
            case .hangs: return .seconds(3_600)
            case .weak(let share): work = work / share
            case .flaky(let share): if luck < share { throw Self.broken }
            case .slow(let times):
                work = work * times
                latency = latency * times
            case nil: break
            }
            if !state.cached.contains(key) { work = work * StormPlan.missCost }
            let begin = max(now, state.busyUntil)
            guard begin - now <= Self.queueMax else {
                throw ServiceError(.unavailable, "queue-full", "Too much to do.")
            }
            state.busyUntil = begin + work
            return state.busyUntil - now + latency
        }
        try await world.time.sleep(for: wait)
        state.withLock { _ = $0.cached.insert(key) }
    }
}
