internal import FlotillaCore
internal import Synchronization

/// What is behind the door: some workers and one queue, first come, first served.
///
/// A worker does what it was given whether or not anybody still waits for it.
final class OverloadService: Sendable {
    /// Whoever would have to wait longer is refused: memory has an end.
    private static let queueMax = Duration.seconds(30)

    private struct State {
        /// When each worker is free again.
        var free: [Duration]
        var latency: Duration
        var times = 1.0
    }

    private let plan: OverloadPlan
    private let world: World
    private let state: Mutex<State>

    init(_ plan: OverloadPlan, _ world: World) {
        self.plan = plan
        self.world = world
        state = Mutex(State(free: Array(repeating: .zero, count: plan.workers), latency: plan.latency))
    }

    func beginEvent() {
        state.withLock { state in
            switch plan.event {
            case .crowd: break
            case .weak(let times): state.times = times
            case .stalls: state.free = state.free.map { max($0, plan.calm) }
            }
        }
    }

    func endEvent() {
        state.withLock { state in
            state.times = 1
            state.latency = plan.latencyAfter
        }
    }

    /// - Parameter kind: the index of its priority.
    func serve(_ kind: Int) async throws {
        let now = world.time.uptime
        // Between a half and three halves, with a tail: the sum of two draws, and rarely four times as much.
        let (first, second, rare) = (world.random.unit(), world.random.unit(), world.random.unit())
        let spread = (0.4 + first * 0.5 + second * 0.5) * (rare < 0.03 ? 4 : 1)
        let wait: Duration = try state.withLock { state in
            var worker = 0
            for index in state.free.indices where state.free[index] < state.free[worker] { worker = index }
            let begin = max(now, state.free[worker])
            guard begin - now <= Self.queueMax else {
                throw ServiceError(.unavailable, "queue-full", "Too much to do.")
            }
            state.free[worker] = begin + plan.work * (OverloadPlan.weights[kind] * spread * state.times)
            return state.free[worker] - now + state.latency
        }
        try await world.time.sleep(for: wait)
    }
}
