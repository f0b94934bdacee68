extension CallPlan {
    /// Why a plan must not be run.
    public struct Refusal: Sendable, Hashable {
        /// What is wrong with it.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Services wait for each other in a circle.
            case circle
            /// Retries multiply to more calls than allowed.
            case attempts
            /// Retry budgets multiply to more load than allowed.
            case load
            /// An attempt may take longer than whoever waits for it.
            case timeout
            /// Any number of calls may be under way.
            case unbounded
            /// More chains than anybody can follow.
            case chains
        }

        /// What is wrong with it.
        public var kind: Kind
        /// The chain or call it is about.
        public var subject: String
        /// The last call of it, whose policy is to be changed; nil: no policy helps.
        public var target: String?
        /// The ways in that lead there, in the order of the plan.
        public var entries: [String]
        /// What is wrong, what is allowed, and what to do.
        public var sentence: String
    }

    /// Everything for which the plan must not be run; empty when it may.
    ///
    /// - Parameters:
    ///   - attemptsMax: calls one service may receive for one request that comes in.
    ///   - loadMax: how many times its load a failing service may receive through retries, for a long time.
    public func refusals(attemptsMax: Int, loadMax: Double) -> [Refusal] {
        var all = circles().map { circle in
            Refusal(
                kind: .circle, subject: circle.joined(separator: PolicyBook.arrow), target: nil, entries: [],
                sentence: "each waits for the next, the last for the first: one call may never end. "
                    + "Break the circle with a message.")
        }
        for edge in edges where edge.policy.bulkhead == nil {
            all.append(
                Refusal(
                    kind: .unbounded, subject: edge.target, target: edge.target, entries: [],
                    sentence: "the policy '\(edge.policy.name)' bounds neither the calls under way nor those that "
                        + "wait: they pile up while the callee is slow. Give it a bulkhead."))
        }
        for worst in worstCases() {
            if worst.chains.count >= Self.chainsMax {
                all.append(
                    Refusal(
                        kind: .chains, subject: worst.entry.name, target: nil, entries: [worst.entry.name],
                        sentence: "leads to \(worst.chains.count) chains of calls or more, which cannot all be "
                            + "looked at. Let services call fewer others."))
            }
            for chain in worst.chains {
                all += refusals(of: chain, worst.entry, attemptsMax: attemptsMax, loadMax: loadMax)
            }
        }
        return Self.merged(all)
    }

    private func refusals(of chain: Chain, _ entry: Entry, attemptsMax: Int, loadMax: Double) -> [Refusal] {
        guard let last = chain.edges.last else { return [] }
        var found: [Refusal] = []
        func refuse(_ kind: Refusal.Kind, _ sentence: String) {
            found.append(
                Refusal(
                    kind: kind, subject: chain.text, target: last.target, entries: [entry.name], sentence: sentence))
        }
        // Said once, of the shortest chain that is over it.
        let before = chain.factors.dropLast().reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        if chain.attempts > attemptsMax, before <= attemptsMax {
            let product = chain.factors.map(String.init).joined(separator: " × ")
            refuse(
                .attempts,
                "one request may become \(chain.attempts) calls (\(product)); allowed are \(attemptsMax). "
                    + "Retry at one hop only.")
        }
        let share = 1 + (chain.factors.last ?? 1 > 1 ? last.policy.retry?.budget.share ?? 0 : 0)
        if chain.load > loadMax, chain.load / share <= loadMax {
            refuse(
                .load,
                "while it fails it may receive \(Self.short(chain.load)) times its load, by the retry budgets "
                    + "multiplied; allowed is \(Self.short(loadMax)). Retry at fewer hops, or spend less.")
        }
        var (limit, whose) = (entry.deadline, "the deadline of \(entry.name)")
        for edge in chain.edges.dropLast() where edge.policy.timeout < limit {
            (limit, whose) = (edge.policy.timeout, "an attempt of \(edge.target) (policy '\(edge.policy.name)')")
        }
        if last.policy.timeout > limit {
            refuse(
                .timeout,
                "an attempt may take \(last.policy.timeout) (policy '\(last.policy.name)'), but \(whose) "
                    + "ends after \(limit): it would work on for nobody. Shorten the inner one.")
        }
        return found
    }

    /// The same thing said once, with all the ways in that lead there.
    private static func merged(_ all: [Refusal]) -> [Refusal] {
        var order: [String] = []
        var byKey: [String: Refusal] = [:]
        for refusal in all {
            // Of several ways in with other deadlines the first one stands for all.
            let key = "\(refusal.kind) \(refusal.subject)"
            if byKey[key] == nil {
                order.append(key)
                byKey[key] = refusal
            } else {
                byKey[key]?.entries += refusal.entries
            }
        }
        return order.compactMap { byKey[$0] }
    }

    private static func short(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
