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
        /// How many processes of a name have died: which one it is now.
        var incarnations: [String: Int] = [:]
        var lateAnswers: [String: Int] = [:]
    }

    private let world: World
    private let isUnfenced: Bool
    /// What each service can do at a time, by its name; those that are not there can do anything at once.
    let crews: [String: SimulatedCrew]
    private let state = Mutex(State())

    /// How long a lost call hangs when nobody gives up earlier.
    static let hangMax = Duration.seconds(30)

    /// - Parameter isUnfenced: whether processes that have died go on answering; for simulations that break this on
    ///   purpose.
    public convenience init(world: World, isUnfenced: Bool = false) {
        self.init(world: world, isUnfenced: isUnfenced, crews: [:])
    }

    init(world: World, isUnfenced: Bool, crews: [String: SimulatedCrew]) {
        self.world = world
        self.isUnfenced = isUnfenced
        self.crews = crews
    }

    /// A process has died. What it was asked before is never answered, neither by it nor by the one after it.
    public func died(_ process: String) { state.withLock { $0.incarnations[process, default: 0] += 1 } }

    /// Answers that have left a machine although the process that gave them was dead, by its name: none, or a defect.
    public var lateAnswers: [String: Int] { state.withLock { $0.lateAnswers } }

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
        let way = delay(conditions)
        let turn = try crews[callee]?.book(at: world.time.uptime + way) ?? .zero
        try await world.time.sleep(for: way + turn)
        if isCut(from: caller, to: callee) || happens(conditions.requestLoss, .requestLost) { try await hang() }
        let incarnation = incarnation(of: callee)
        if happens(conditions.duplication, .requestDoubled) { _ = try await exchange() }
        let answer: Answer
        do {
            answer = try await exchange()
        } catch {
            try await leave(callee, incarnation)
            throw error
        }
        try await leave(callee, incarnation)
        try await world.time.sleep(for: delay(conditions))
        if isCut(from: callee, to: caller) || happens(conditions.answerLoss, .answerLost) { try await hang() }
        return answer
    }

    private func incarnation(of process: String) -> Int { state.withLock { $0.incarnations[process] ?? 0 } }

    /// An answer wants to leave the machine of the process that was asked.
    private func leave(_ process: String, _ incarnation: Int) async throws {
        if !isUnfenced, self.incarnation(of: process) != incarnation { try await hang() }
        state.withLock { state in
            if state.incarnations[process] ?? 0 != incarnation { state.lateAnswers[process, default: 0] += 1 }
        }
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
