internal import FlotillaConfiguration
internal import FlotillaResilience

extension PolicyPlan {
    /// The worst case of every way in, what is refused, and the verdict, for a terminal.
    public var text: String {
        var lines = ["Ways in, at worst:"]
        let width = worstCases.map(\.entry.name.count).max() ?? 0
        for worst in worstCases { lines.append("  " + Self.line(worst, width)) }
        lines.append("")
        lines.append("Messages that cannot be handled:")
        let names = consumers.map(\.service.count).max() ?? 0
        for consumer in consumers {
            let types = consumer.types.count
            lines.append(
                "  \(PolicyAnswer.padded(consumer.service, names))  \(types) \(types == 1 ? "type" : "types"), tried "
                    + "\(consumer.bounds.attemptsMax) times over \(consumer.bounds.pauses.text), then a dead letter "
                    + "(\(consumer.policy))")
        }
        lines.append("")
        lines.append("Writes that wait for a database:")
        let owners = databases.map(\.service.count).max() ?? 0
        for database in databases {
            lines.append(
                "  \(PolicyAnswer.padded(database.service, owners))  up to \(database.bounds.queuedWritesMax), "
                    + "\(database.bounds.groupWritesMax) to a commit (\(database.policy))")
        }
        lines.append("")
        if refusals.isEmpty {
            lines.append(
                "The plan holds: no service gets more than \(bounds.attemptsMax) calls for one request, none more than "
                    + "\(bounds.loadMax.short) times its load while it fails, no timeout outlives who waits for it, "
                    + "there is no circle, and every queue has an end.")
        } else {
            lines.append("The plan is refused:")
            for problem in problems { lines.append("  \(problem)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ worst: CallPlan.WorstCase, _ width: Int) -> String {
        let calls = worst.calls
        var line = PolicyAnswer.padded(worst.entry.name, width)
        guard calls > 0, let deepest = deepest(of: worst) else { return line + "  calls nobody" }
        line += "  \(worst.time.text)\(worst.isCut ? " (its deadline)" : ""), \(calls) \(calls == 1 ? "call" : "calls")"
        if worst.fanOut > 1 { line += ", fan-out \(worst.fanOut)" }
        let factors = deepest.factors.filter { $0 > 1 }.map(String.init).joined(separator: " × ")
        return line + ": \(deepest.text)" + (deepest.attempts > 1 ? " \(factors) = \(deepest.attempts)" : "")
    }

    /// The chain with the most calls to its last service; of several the first.
    private static func deepest(of worst: CallPlan.WorstCase) -> CallPlan.Chain? {
        worst.chains.reduce(nil) { best, chain in
            guard let best else { return chain }
            return chain.attempts > best.attempts ? chain : best
        }
    }
}
