internal import FlotillaCore

/// Who calls whom under which policy, checked before anything runs: what is the worst that one request can cause?
///
/// Retries multiply along a chain: three attempts at each of three hops are 27 calls to the last one. Timeouts do not
/// add up by themselves: an inner one that is longer than the outer one works on for nobody.
/// A value; its answers are in a fixed order.
public struct CallPlan: Sendable {
    /// One service calls another.
    public struct Edge: Sendable, Hashable {
        /// The calling service.
        public var caller: String
        /// The called service.
        public var callee: String
        /// Which operation of it: `GetProducts`; nil where they have no names.
        public var operation: String?
        /// What the calls go by.
        public var policy: CallPolicy

        public init(caller: String, callee: String, operation: String? = nil, policy: CallPolicy) {
            self.caller = caller
            self.callee = callee
            self.operation = operation
            self.policy = policy
        }

        /// `catalog.GetProducts`.
        public var call: String { operation.map { "\(callee).\($0)" } ?? callee }
        /// `orders → catalog.GetProducts`.
        public var target: String { caller + PolicyBook.arrow + call }
    }

    /// A way in: a route, a consumer, a schedule.
    public struct Entry: Sendable, Hashable {
        /// For people: `POST /api/v1/orders`.
        public var name: String
        /// Who makes the first calls: `gateway`.
        public var start: String
        /// Whom it calls for this entry; nil: whomever it may.
        public var first: String?
        /// How long whoever came in waits.
        public var deadline: Duration
        /// Whether the first call may be made twice.
        public var isRepeatable: Bool

        public init(
            _ name: String, start: String, first: String? = nil, deadline: Duration, isRepeatable: Bool = true
        ) {
            self.name = name
            self.start = start
            self.first = first
            self.deadline = deadline
            self.isRepeatable = isRepeatable
        }
    }

    /// The worst that one chain of calls can come to.
    public struct Chain: Sendable, Hashable {
        /// The calls, from the first one.
        public var edges: [Edge]
        /// Attempts of each call.
        public var factors: [Int]
        /// Calls the last one may receive for one request: the factors, multiplied.
        public var attempts: Int
        /// So many times its load the last one may receive while it fails, for a long time: retry budgets, multiplied.
        public var load: Double

        /// `gateway → orders → catalog.GetProducts`.
        public var text: String {
            ([edges.first?.caller ?? ""] + edges.map(\.call)).joined(separator: PolicyBook.arrow)
        }
    }

    /// The worst that one way in can come to.
    public struct WorstCase: Sendable, Hashable {
        /// The way in.
        public var entry: Entry
        /// How long whoever came in may wait.
        public var time: Duration
        /// Whether the deadline ends it before its calls have made all their attempts.
        public var isCut: Bool
        /// So many services the one that calls the most calls.
        public var fanOut: Int
        /// Every chain, by its text.
        public var chains: [Chain]

        /// All calls there may be, of all chains together.
        public var calls: Int {
            chains.reduce(0) { sum, chain in
                let (all, overflow) = sum.addingReportingOverflow(chain.attempts)
                return overflow ? .max : all
            }
        }
    }

    /// Chains of one way in are looked at up to this many; more is a plan nobody can follow.
    public static let chainsMax = 10_000

    let outgoing: [String: [Edge]]
    let entries: [Entry]
    private let callers: [String]

    /// A plan of these calls and ways in.
    public init(_ edges: [Edge], entries: [Entry] = []) {
        outgoing = Dictionary(grouping: edges, by: \.caller).mapValues { $0.sorted { $0.call < $1.call } }
        callers = outgoing.keys.sorted()
        self.entries = entries
    }

    /// Every call of the plan, by target.
    public var edges: [Edge] { callers.flatMap { outgoing[$0] ?? [] } }

    /// Every way in with its worst case, in the order given. Circles are left out; see ``circles()``.
    public func worstCases() -> [WorstCase] { entries.map(worstCase) }

    /// Chains that come back to where they began, each from its first service by name.
    public func circles() -> [[String]] {
        var found: Set<[String]> = []
        for caller in callers { findCircles([caller], &found) }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func worstCase(of entry: Entry) -> WorstCase {
        var chains: [Chain] = []
        walk(Chain(edges: [], factors: [], attempts: 1, load: 1), at: entry.start, entry, &chains)
        let first = chains.filter { $0.edges.count == 1 }
        let wanted = first.map { chain in
            let policy = chain.edges[0].policy
            return chain.factors[0] == 1 ? policy.worstCase(attempts: 1) : policy.worstCase
        }
        let time = wanted.max() ?? .zero
        var fanOut: [String: Set<String>] = [:]
        for chain in chains { if let last = chain.edges.last { fanOut[last.caller, default: []].insert(last.call) } }
        return WorstCase(
            entry: entry, time: min(entry.deadline, time), isCut: time > entry.deadline,
            fanOut: fanOut.values.map(\.count).max() ?? 0, chains: chains)
    }

    private func walk(_ so: Chain, at node: String, _ entry: Entry, _ found: inout [Chain]) {
        for edge in outgoing[node] ?? [] {
            let isFirst = so.edges.isEmpty
            if isFirst, let only = entry.first, edge.callee != only { continue }
            let isKnown = edge.callee == entry.start || so.edges.contains { $0.callee == edge.callee }
            guard found.count < Self.chainsMax, !isKnown else { continue }
            let factor = isFirst && !entry.isRepeatable ? 1 : edge.policy.attemptsMax
            let (attempts, overflow) = so.attempts.multipliedReportingOverflow(by: factor)
            let share = factor > 1 ? edge.policy.retry?.budget.share ?? 0 : 0
            let next = Chain(
                edges: so.edges + [edge], factors: so.factors + [factor], attempts: overflow ? .max : attempts,
                load: so.load * (1 + share))
            found.append(next)
            walk(next, at: edge.callee, entry, &found)
        }
    }

    /// Follows only services that come after the first by name, so that each circle is found once.
    private func findCircles(_ chain: [String], _ found: inout Set<[String]>) {
        for edge in outgoing[chain[chain.count - 1]] ?? [] where found.count < Self.chainsMax {
            if edge.callee == chain[0] {
                found.insert(chain + [edge.callee])
            } else if edge.callee > chain[0], !chain.contains(edge.callee) {
                findCircles(chain + [edge.callee], &found)
            }
        }
    }
}

extension CallPolicy {
    /// The longest a call can take that is attempted so often at most.
    func worstCase(attempts: Int) -> Duration {
        guard attempts < retry?.attemptsMax ?? 1 else { return worstCase }
        var less = self
        less.retry?.attemptsMax = max(1, attempts)
        return less.worstCase
    }
}
