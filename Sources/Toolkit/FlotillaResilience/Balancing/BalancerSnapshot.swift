internal import FlotillaCore
internal import Synchronization

/// What a load balancer looks like at one moment, for operators and metrics.
public struct BalancerSnapshot: Sendable, Hashable {
    /// Where an endpoint stands.
    public enum State: Sendable, Hashable {
        /// It gets calls.
        case inUse
        /// Out of the choice for a while.
        case ejected(Ejection)
        /// Held out of the choice by an operator.
        case heldOut
        /// About to leave: no new calls.
        case draining
        /// Out of the directory, with calls under way.
        case leaving

        /// Its name in metrics.
        public var name: String {
            switch self {
            case .inUse: "in-use"
            case .ejected: "ejected"
            case .heldOut: "held-out"
            case .draining: "draining"
            case .leaving: "leaving"
            }
        }
    }

    /// One endpoint.
    public struct Entry: Sendable, Hashable {
        /// Who it is.
        public let instance: Instance
        /// Where it stands.
        public let state: State
        /// Calls under way there.
        public let inFlight: Int
        /// Calls that went there.
        public let picks: Int
        /// Calls that failed there.
        public let failures: Int
        /// Its recent peak latency, zero before the first answer. A failure counts as slow.
        public let recentPeak: Duration
        /// The share of its weight it has by now, up to 1: below it, it is new or back and warms up.
        public let warmth: Double
        /// What an operator holds it to; nil when it goes by its calls.
        public let forced: EndpointForce?
        /// How long its ejection lasts at least from now on, zero when that is over; nil when it is not ejected.
        public let ejectedFor: Duration?

        init(
            _ endpoint: Endpoint, _ state: State, at tick: Tick, _ memory: PeakMemory, warmth: Double = 1,
            forced: EndpointForce? = nil, now: Duration
        ) {
            instance = endpoint.instance
            self.state = state
            self.warmth = warmth
            self.forced = forced
            if case .ejected(let ejection) = state {
                ejectedFor = max(.zero, ejection.until - now)
            } else {
                ejectedFor = nil
            }
            inFlight = max(0, endpoint.callsInFlight)
            picks = endpoint.ended.load(ordering: .relaxed) + inFlight
            failures = endpoint.failures.load(ordering: .relaxed)
            let cost = endpoint.cost.load(ordering: .relaxed)
            recentPeak = .microseconds(Int64(memory.microseconds(cost, at: tick)))
        }
    }

    /// Whose instances these are.
    public let service: String
    /// How it picks.
    public let algorithm: BalancerPolicy.Algorithm
    /// Whether it looks for outliers.
    public let ejects: Bool
    /// Where the caller is.
    public let zone: String?
    /// By ID; those that leave at the end.
    public let endpoints: [Entry]
    /// Whether ejected endpoints are used since too few others are left.
    public let isPanicking: Bool
    /// Picks so far.
    public let picks: Int
    /// Picks that found nobody.
    public let withoutInstance: Int
    /// Ejections so far.
    public let ejections: Int
    /// Ejections that were left out since too many were out already.
    public let spared: Int
    /// How old the list of instances is; nil before the first.
    public let listAge: Duration?
    /// Times in a row that the directory could not be asked; the list is older than it should be when not 0.
    public let directoryFailures: Int

    /// Endpoints in a state, by its name.
    public func count(_ state: String) -> Int { endpoints.reduce(0) { $0 + ($1.state.name == state ? 1 : 0) } }

    /// Calls under way at all endpoints.
    public var inFlight: Int { endpoints.reduce(0) { $0 + $1.inFlight } }
}
