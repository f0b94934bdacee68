internal import FlotillaConfiguration
internal import FlotillaResilience

extension PolicyAnswer {
    /// Every value that holds, with its source.
    public var values: [PolicyFile.Value] {
        switch subject {
        case .call(let effective): effective.values
        case .message(_, _, _, let delivery), .consumer(_, let delivery): delivery.values
        case .door(_, let entry): entry?.values ?? []
        case .balancer(_, let entry): entry?.values ?? []
        case .activity(_, let entry): entry.values
        case .database(_, let store): store.values
        }
    }

    /// The name of what holds: that of a policy, or of an entry of deliveries or stores.
    public var policyName: String {
        switch subject {
        case .call(let effective): effective.name
        case .message(_, _, _, let delivery), .consumer(_, let delivery): delivery.name ?? "built-in"
        case .door(_, let entry): entry?.name ?? "built-in"
        case .balancer(_, let entry): entry?.name ?? "built-in"
        case .activity(_, let entry): entry.name ?? "built-in"
        case .database(_, let store): store.name ?? "built-in"
        }
    }

    /// What holds in sentences, a line each.
    public var sentences: [String] {
        switch subject {
        case .call(let effective): effective.sentences
        case .message(let type, let senders, let service, let delivery):
            [
                "It is the message \(type), not a call: \(senders.joined(separator: ", ")) writes it down with "
                    + "what it tells about and goes on; nobody waits.",
                "\(service) handles it at least once, in the order of its subject.",
            ] + Self.sentences(delivery.bounds)
        case .consumer(let service, let delivery):
            ["\(service) handles its messages at least once."] + Self.sentences(delivery.bounds)
        case .door(let name, let entry):
            entry.map { Self.sentences(name, $0.bounds) } ?? ["The \(name) goes by a limit of its own."]
        case .balancer(let service, let entry): Self.sentences(service, entry?.bounds)
        case .activity(let name, let entry):
            [
                "\(name) is asked for durably and done outside of any transaction, up to "
                    + "\(entry.bounds.concurrencyMax) at once, \(entry.bounds.timeout.text) each.",
                "One that fails is tried \(entry.bounds.redelivery.attemptsMax) times in all, "
                    + "\(entry.bounds.redelivery.firstDelay.text) after the first failure and then twice as long each "
                    + "time, up to \(entry.bounds.redelivery.delayMax.text): for up to "
                    + "\(entry.bounds.redelivery.pauses.text).",
                "A change holds from the next try on.",
            ]
        case .database(let service, let store):
            [
                "\(store.bounds.queuedWritesMax) writes of \(service) may wait; the next one is refused "
                    + "(storage-queue-full). Up to \(store.bounds.groupWritesMax) share a commit.",
                "A change holds from the next write on; what waits goes on waiting.",
            ]
        }
    }

    /// Name, source, values and sentences, for a terminal.
    public var text: String {
        var lines = [title, "  by the policy \(policyName), \(reason)"]
        if case .call(let effective) = subject, let about = effective.about { lines.append("  \(about)") }
        lines.append("")
        let values = values
        let keyWidth = values.map(\.key.count).max() ?? 0
        let textWidth = values.map(\.text.count).max() ?? 0
        for value in values {
            var line = "  " + Self.padded(value.key, keyWidth) + "  " + Self.padded(value.text, textWidth) + "  "
            line += value.origin == .defaultValue ? "built-in default" : value.origin.description
            if let through = value.through { line += ", through \(through)" }
            lines.append(line)
        }
        if !values.isEmpty { lines.append("") }
        return (lines + sentences.map { "  \($0)" }).joined(separator: "\n") + "\n"
    }

    /// Name, policy and worst case in one line, for lists.
    public var line: String {
        var line = "\(title): \(policyName), \(reason)"
        if case .call(let effective) = subject {
            line += "; at worst \(effective.attemptsMax) × \(effective.call.timeout.text), \(effective.worstCase.text)"
        }
        return line
    }

    private var reason: String {
        pattern.map { "as \"\($0)\" at \(origin) says" } ?? "as no entry of the file says otherwise"
    }

    private static func sentences(_ door: String, _ limit: AdaptiveLimit) -> [String] {
        [
            "The \(door) lets in \(limit.limitStart) requests at once at first, later as many as are answered in good "
                + "time: at most \(limit.tolerance.short) times what they take without a queue, and never slow below "
                + "\(limit.latencyFloor.text); from \(limit.limitMin) to \(limit.limitMax).",
            "Standard requests may fill \((limit.standardShare * 100).short) % of it, background ones "
                + "\((limit.backgroundShare * 100).short) %; what is shed is told to come back after "
                + "\(limit.retryAfter.text).",
            "A change holds from the next request on, with what has been measured.",
        ]
    }

    private static func sentences(_ service: String, _ choice: InstanceChoice?) -> [String] {
        let balancer = choice?.balancer ?? BalancerPolicy()
        var lines = ["Where \(service) runs with several replicas, calls go to \(balancer.algorithm.words)."]
        if let slowStart = balancer.slowStart {
            lines.append(
                "A new one, or one that is back, gets \((slowStart.initialShare * 100).short) % of its share at first "
                    + "and all of it after \(slowStart.window.text).")
        }
        if choice?.ejectsNever == true {
            lines.append("None is ejected, however often it fails.")
        } else {
            let outliers = choice?.outliers ?? OutlierPolicy()
            let failures =
                outliers.consecutiveFailures.map { "\($0) failures in a row" } ?? "being worse than the others"
            lines.append(
                "After \(failures) it is left out for \(outliers.ejection.text), longer each time up to "
                    + "\(outliers.ejectionMax.text); at most \((outliers.ejectedShareMax * 100).short) % are out at a "
                    + "time\(outliers.ejectsOneAlways ? ", but one of several may always be" : "").")
        }
        return lines + ["A change holds from the next call on; who is out stays out for the time it was given."]
    }

    private static func sentences(_ delivery: DeliveryBounds) -> [String] {
        let bounds = delivery.redelivery
        return [
            "Up to \(delivery.batchMax) messages share a transaction.",
            "A message whose handler fails is tried \(bounds.attemptsMax) times in all, \(bounds.firstDelay.text) "
                + "after the first failure and then twice as long each time, up to \(bounds.delayMax.text).",
            "At worst it is held for \(bounds.pauses.text), with the later ones of its subject; then it is a dead "
                + "letter.",
            "A change holds from the next batch and the next failure on.",
        ]
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension BalancerPolicy.Algorithm {
    /// Whom it asks, in words.
    fileprivate var words: String {
        switch self {
        case .roundRobin: "one after the other (round-robin)"
        case .weighted: "each in proportion to its weight (weighted)"
        case .leastRequest: "the one of two at random with fewer calls under way (least-request)"
        case .peakEWMA: "the one of two at random that answers sooner (peak-ewma)"
        case .consistentHash: "the same one for the same key (consistent-hash)"
        }
    }
}
