public import FlotillaCore
public import FlotillaRPC
internal import Synchronization

/// The network between the services of a simulated fleet: it delays, loses, doubles and cuts.
///
/// Calls overtake each other, since each draws a delay of its own. Safe to share between tasks.
public final class SimulatedNetwork: RPCLink {
    /// What the lines are like.
    public struct Conditions: Sendable, Hashable {
        /// A call takes at least this long each way,
        public var delayMin = Duration.microseconds(200)
        /// and rarely up to this much longer.
        public var delaySpread = Duration.milliseconds(20)
        /// The share of requests that never arrive, 0 to 1.
        public var requestLoss = 0.0
        /// The share of answers that never arrive, after the effect, 0 to 1.
        public var answerLoss = 0.0
        /// The share of requests that arrive twice, 0 to 1.
        public var duplication = 0.0

        public init() {}
    }

    private struct Pair: Hashable {
        var from: String
        var to: String
    }

    private struct State {
        var conditions = Conditions()
        var cuts: [Pair: Int] = [:]
        var counts: [FaultKind: Int] = [:]
    }

    private let world: World
    private let state = Mutex(State())

    /// How long a lost call hangs when nobody gives up earlier.
    static let hangMax = Duration.seconds(30)

    public init(world: World) { self.world = world }

    public var conditions: Conditions {
        get { state.withLock { $0.conditions } }
        set { state.withLock { $0.conditions = newValue } }
    }

    /// Nothing gets from `from` to `to` until ``mend(from:to:)`` was called as often.
    public func cut(from: String, to: String) {
        state.withLock { $0.cuts[Pair(from: from, to: to), default: 0] += 1 }
    }

    /// Takes one ``cut(from:to:)`` back; without one it does nothing.
    public func mend(from: String, to: String) {
        state.withLock { state in
            let pair = Pair(from: from, to: to)
            let cuts = (state.cuts[pair] ?? 0) - 1
            state.cuts[pair] = cuts > 0 ? cuts : nil
        }
    }

    /// Whether nothing gets from `from` to `to` now.
    public func isCut(from: String, to: String) -> Bool {
        state.withLock { $0.cuts[Pair(from: from, to: to)] != nil }
    }

    /// What was done to single calls so far.
    public var counts: [FaultKind: Int] { state.withLock { $0.counts } }

    public func carry<Answer: Sendable>(
        from caller: String, to callee: String, method: String, _ exchange: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let conditions = conditions
        try await world.time.sleep(for: delay(conditions))
        if isCut(from: caller, to: callee) || happens(conditions.requestLoss, .requestLost) { try await hang() }
        if happens(conditions.duplication, .requestDoubled) { _ = try await exchange() }
        let answer = try await exchange()
        try await world.time.sleep(for: delay(conditions))
        if isCut(from: callee, to: caller) || happens(conditions.answerLoss, .answerLost) { try await hang() }
        return answer
    }

    private func hang() async throws -> Never {
        try await world.time.sleep(for: Self.hangMax)
        throw ServiceError(.timeout, "network", "The network lost the call.")
    }

    /// Mostly short: the fourth power of a uniform draw has a long, thin tail.
    private func delay(_ conditions: Conditions) -> Duration {
        let draw = world.random.unit()
        return conditions.delayMin + conditions.delaySpread * (draw * draw * draw * draw)
    }

    private func happens(_ share: Double, _ kind: FaultKind) -> Bool {
        guard share > 0, world.random.unit() < share else { return false }
        state.withLock { $0.counts[kind, default: 0] += 1 }
        return true
    }
}
