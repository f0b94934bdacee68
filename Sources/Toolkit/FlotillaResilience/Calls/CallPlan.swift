internal import FlotillaCore

/// Who calls whom under which policy, checked before anything runs: what is the worst that one call can cause?
///
/// Retries multiply along a chain: three attempts at each of three hops are 27 calls to the last one.
/// A value; its answers are in a fixed order.
public struct CallPlan: Sendable {
    /// One service calls another.
    public struct Edge: Sendable, Hashable {
        /// The calling service.
        public var caller: String
        /// The called service.
        public var callee: String
        /// What the calls go by.
        public var policy: CallPolicy

        public init(caller: String, callee: String, policy: CallPolicy) {
            self.caller = caller
            self.callee = callee
            self.policy = policy
        }
    }

    /// The worst that a call along one chain can cause.
    public struct WorstCase: Sendable, Hashable {
        /// The services of the chain, from one that nobody calls.
        public var chain: [String]
        /// Calls the last one may receive for one call of the first: attempts, multiplied.
        public var attempts: Int
        /// How long the first one may wait: its own policy bounds all that follows.
        public var time: Duration

        /// `gateway → orders → catalog`.
        public var text: String { chain.joined(separator: PolicyBook.arrow) }
    }

    /// Chains are looked at up to this many; more is a plan nobody can follow.
    public static let chainsMax = 10_000

    private let outgoing: [String: [Edge]]
    private let roots: [String]
    private let callers: [String]

    /// A plan of these calls.
    public init(_ edges: [Edge]) {
        outgoing = Dictionary(grouping: edges, by: \.caller).mapValues { $0.sorted { $0.callee < $1.callee } }
        callers = outgoing.keys.sorted()
        let callees = Set(edges.map(\.callee))
        roots = callers.filter { !callees.contains($0) }
    }

    /// Every chain with its worst case, by chain. Circles are left out; see ``circles()``.
    public func worstCases() -> [WorstCase] {
        var found: [WorstCase] = []
        for root in roots { walk(WorstCase(chain: [root], attempts: 1, time: .zero), &found) }
        return found
    }

    /// Chains that come back to where they began, each from its first service by name.
    public func circles() -> [[String]] {
        var found: Set<[String]> = []
        for caller in callers { findCircles([caller], &found) }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// What is over the budget, each with the chain and the number allowed; empty when nothing is.
    ///
    /// - Parameters:
    ///   - attemptsMax: calls one service may receive for one call at the start of a chain.
    ///   - timeMax: how long the start of a chain may wait.
    public func problems(attemptsMax: Int, timeMax: Duration) -> [String] {
        var problems = circles().map {
            "\($0.joined(separator: PolicyBook.arrow)) is a circle: one call may never end; break it with a message"
        }
        for worst in worstCases() {
            if worst.attempts > attemptsMax {
                problems.append(
                    "\(worst.text): one call may become \(worst.attempts) calls; allowed are \(attemptsMax)."
                        + " Retry at one hop only.")
            }
            if worst.chain.count == 2, worst.time > timeMax {
                problems.append(
                    "\(worst.text): one call may take \(worst.time); allowed are \(timeMax)."
                        + " Shorten its timeout, or retry less.")
            }
        }
        return problems
    }

    private func walk(_ so: WorstCase, _ found: inout [WorstCase]) {
        for edge in outgoing[so.chain[so.chain.count - 1]] ?? [] {
            guard found.count < Self.chainsMax, !so.chain.contains(edge.callee) else { continue }
            let (attempts, overflow) = so.attempts.multipliedReportingOverflow(by: edge.policy.attemptsMax)
            let next = WorstCase(
                chain: so.chain + [edge.callee], attempts: overflow ? .max : attempts,
                time: so.chain.count == 1 ? edge.policy.worstCase : so.time)
            found.append(next)
            walk(next, &found)
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
