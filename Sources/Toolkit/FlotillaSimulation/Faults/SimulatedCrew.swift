internal import FlotillaCore
internal import Synchronization

/// What one service can do at a time: some workers and one queue, first come, first served, in virtual time.
///
/// A call's turn is booked when the call is sent, for the moment at which it arrives. So its work and its wait are one
/// sleep with the network's delay, and cost the scheduler nothing. Safe to share between tasks.
final class SimulatedCrew: Sendable {
    /// Whoever would have to wait longer is turned away: no queue is endless.
    static let waitMax = Duration.seconds(10)

    private struct State {
        /// When each worker has done what is booked.
        var free: [Duration]
        var slowness = 1.0
        var refusals = 0
    }

    private let random: SeededRandom
    /// How long a call takes on average, when all is well.
    let work: Duration
    private let state: Mutex<State>

    /// 4 to 16 workers and 0.3 to 2 ms for a call, as the seed says: far more than is asked for.
    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        work = .microseconds(random.int(in: 300...2_000))
        state = Mutex(State(free: Array(repeating: .zero, count: random.int(in: 4...16))))
    }

    /// How many times as long as usual everything takes now.
    var slowness: Double {
        get { state.withLock { $0.slowness } }
        set { state.withLock { $0.slowness = newValue } }
    }

    /// Calls that were turned away.
    var refusals: Int { state.withLock { $0.refusals } }

    /// Takes a worker for a call that arrives at `arrival`.
    ///
    /// - Returns: how long after that it is done.
    /// - Throws: `busy` (unavailable) when the queue is full.
    func book(at arrival: Duration) throws(ServiceError) -> Duration {
        // Between nothing and twice the mean.
        let share = 2 * random.unit()
        let turn: Duration? = state.withLock { state in
            var worker = 0
            for index in state.free.indices where state.free[index] < state.free[worker] { worker = index }
            let begin = max(arrival, state.free[worker])
            guard begin - arrival <= Self.waitMax else {
                state.refusals += 1
                return nil
            }
            state.free[worker] = begin + work * (share * state.slowness)
            return state.free[worker] - arrival
        }
        guard let turn else {
            throw ServiceError(.unavailable, "busy", "The simulated service has more to do than it has room for.")
        }
        return turn
    }
}
