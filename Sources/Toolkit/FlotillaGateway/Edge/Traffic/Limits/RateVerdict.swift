internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience

/// What the limits of a route say about one request.
struct RateVerdict: Sendable {
    /// One that held.
    struct Held: Sendable {
        /// Its place in ``RateRules/rules``.
        var rule: Int
        /// Its place in ``RateRule/limits``.
        var variant: Int
    }

    /// The one that leaves least, or that refused; nil: no limit concerns the request.
    private(set) var narrowest: Held?
    private(set) var decision: RateLimit.Decision?
    private(set) var limit: RateLimit?
    /// How long to wait for a turn, by the limit that makes wait longest; zero but for leaky buckets.
    private(set) var delay = Duration.zero
    /// How many held, the narrowest one included.
    private(set) var count = 0

    /// Whether it may go on, after ``delay``.
    var isAllowed: Bool { decision?.isAllowed ?? true }

    mutating func add(_ rule: Int, _ variant: Int, _ limit: RateLimit, _ decision: RateLimit.Decision) {
        count += 1
        if decision.delay > delay { delay = decision.delay }
        if let known = self.decision, decision.isAllowed, decision.remaining >= known.remaining { return }
        (narrowest, self.limit, self.decision) = (Held(rule: rule, variant: variant), limit, decision)
    }

    /// The error for a caller that has to wait (429); nil while it may go on.
    func refusal(_ rules: RateRules) -> ServiceError? {
        guard let decision, !decision.isAllowed, let limit, let narrowest else { return nil }
        let pause = max(decision.retryAfter ?? limit.per, .seconds(1))
        let name = rules.rules[narrowest.rule].name
        return ServiceError(
            .limited, "rate-limited",
            "These are more than \(limit.count) requests in \(WholeSeconds.up(limit.per)) s (policy: limits.\(name)); "
                + "wait \(WholeSeconds.up(pause)) s.", retryAfter: pause)
    }

    /// The name of the limit that refused, for metrics; nil: none did.
    func refusedBy(_ rules: RateRules) -> String? {
        guard let narrowest, !isAllowed else { return nil }
        return rules.rules[narrowest.rule].name
    }

    /// Adds `RateLimit-Limit`, `-Remaining`, `-Reset` and `-Policy` (draft-ietf-httpapi-ratelimit-headers-07) of the
    /// limit that leaves least; nothing when none holds. `Retry-After` of a refusal comes with its problem document.
    func addLines(to lines: inout FieldLines, _ counters: RateCounters) {
        guard let decision, let narrowest else { return }
        let texts = counters.texts[narrowest.rule][narrowest.variant]
        lines.add(texts.before)
        lines.append(decision.remaining)
        lines.end()
        lines.begin("RateLimit-Reset")
        lines.append(decision.fullAfter > .zero ? WholeSeconds.up(decision.fullAfter) : 0)
        lines.end()
    }
}

/// What of the lines about a limit is always the same.
struct RateTexts: Sendable {
    /// Two whole lines and the beginning of the third.
    let before: FieldLines

    init(_ name: String, _ limit: RateLimit?) {
        var lines = FieldLines()
        if let limit {
            let window = WholeSeconds.up(limit.per)
            lines.add("RateLimit-Limit", String(limit.count))
            lines.add("RateLimit-Policy", "\(limit.count);w=\(window);comment=\"\(name)\"")
            lines.begin("RateLimit-Remaining")
        }
        before = lines
    }
}

/// Durations in the whole seconds that fields of HTTP know.
enum WholeSeconds {
    /// Rounded up, at least 1.
    static func up(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return max(1, Int(attoseconds > 0 ? seconds + 1 : seconds))
    }
}
