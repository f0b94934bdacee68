package import FlotillaConfiguration
package import FlotillaResilience

/// The parts of a policy, asked of a file: of the policies of a fleet, or of a gateway's upstreams. What is asked here
/// is all there is: reading, the defaults, what is allowed and the schema for editors come from these questions.
package enum PolicyParts {
    package static let times: ClosedRange<Duration> = .milliseconds(1) ... .seconds(3600)
    package static let waits: ClosedRange<Duration> = .zero ... .seconds(3600)

    package static func retry(_ fields: inout YAMLFields) -> RetryPolicy { retry(&fields, waits: true) }

    /// Of those who repeat at once or not at all, an event loop: there are no waits to be told.
    package static func retryAtOnce(_ fields: inout YAMLFields) -> RetryPolicy { retry(&fields, waits: false) }

    private static func retry(_ fields: inout YAMLFields, waits: Bool) -> RetryPolicy {
        let usual = RetryPolicy()
        let attempts = fields.int(
            "attempts", in: 1...10, default: usual.attemptsMax, "Attempts in all, the first included.")
        let backoff =
            waits ? fields.group("backoff", "The waits between attempts.", Self.backoff) : usual.backoff
        let budget = fields.group(
            "budget", "What all callers of a target may spend on repeating, so that retries cannot become a storm."
        ) { fields in
            RetryBudget.Policy(
                share: fields.share(
                    "share", default: usual.budget.share, "Retries allowed as a share of first attempts."),
                minimumPerSecond: fields.int(
                    "minimumPerSecond", in: 0...10_000, default: usual.budget.minimumPerSecond,
                    "Retries a second allowed however few calls there are."),
                savedMax: fields.int(
                    "savedMax", in: 1...100_000, default: usual.budget.savedMax, "Retries saved up at most."))
        }
        let conditions = fields.group("when", "After which failures it tries again.") { fields in
            Self.conditions(usual.conditions, &fields)
        }
        return fields.checked(
            RetryPolicy(attemptsMax: attempts, backoff: backoff, budget: budget, conditions: conditions)
        ) { $0.problems() }
    }

    private static func conditions(_ usual: RetryConditions, _ fields: inout YAMLFields) -> RetryConditions {
        var conditions: RetryConditions = []
        let all: [(String, RetryConditions, String)] = [
            ("limited", .limited, "429: the callee has had too much. Its Retry-After is waited for."),
            ("defect", .defect, "500: a defect of the callee; repeating usually meets it again."),
            ("unavailable", .unavailable, "502, 503, and connections that cannot be made or break."),
            ("timeout", .timeout, "504, and attempts that took too long."),
        ]
        for (key, condition, about) in all where fields.bool(key, default: usual.contains(condition), about) {
            conditions.insert(condition)
        }
        return conditions
    }

    private enum JitterKind: String, CaseIterable { case none, share, full, decorrelated }

    package static func backoff(_ fields: inout YAMLFields) -> Backoff {
        let usual = Backoff()
        let first = fields.duration("first", in: times, default: usual.first, "The wait before the second attempt.")
        let factor = fields.double(
            "factor", in: 1...10, default: usual.factor, "Each wait is the one before times this; 1 is a fixed wait.")
        let longest = fields.duration(
            "longest", in: times, default: max(first, usual.longest), "No wait is longer, before jitter.")
        let kind = fields.choice(
            "jitter", default: JitterKind.share,
            "What is left to chance: nothing, a share of the wait, all of it, or decorrelated (Brooker).")
        let share = fields.optionalShare(
            "jitterShare", usually: kind == .share ? 0.1 : nil, "With jitter: share, give or take so much.")
        if kind != .share, fields.has("jitterShare") {
            fields.problem(
                at: "jitterShare", "has no meaning with jitter: \(kind.rawValue)", allowed: "with jitter: share")
        }
        let jitter: Backoff.Jitter =
            switch kind {
            case .none: .none
            case .share: .share(share ?? 0.1)
            case .full: .full
            case .decorrelated: .decorrelated
            }
        return Backoff(first: first, factor: factor, longest: longest, jitter: jitter)
    }

    package static func breaker(_ fields: inout YAMLFields) -> BreakerPolicy {
        let usual = BreakerPolicy()
        let failures = fields.optionalInt(
            "failures", in: 1...10_000, "Opens after so many failures in a row; 5 where no rate is given.")
        let rate = fields.optionalGroup(
            "rate", "Opens when too large a share of the recent calls failed or was slow.", Self.rate)
        if rate != nil, failures != nil {
            fields.problem(at: "failures", "contradicts rate", allowed: "one of failures and rate")
        }
        let openFor = fields.duration(
            "openFor", in: times, default: usual.openFor, "How long it refuses before it lets a trial through.")
        let growth = fields.double(
            "growth", in: 1...10, default: usual.growth, "Opening again, it stays open so many times longer.")
        let openForMax = fields.optionalDuration(
            "openForMax", in: times, "It stays open no longer; ten times openFor, at most an hour.")
        let trials = fields.int(
            "trials", in: 1...100, default: usual.trials, "Trials at once while half-open, and successes to close.")
        let trip: BreakerPolicy.Trip = rate.map { .rate($0) } ?? .consecutive(failures: failures ?? 5)
        return fields.checked(
            BreakerPolicy(trip: trip, openFor: openFor, growth: growth, openForMax: openForMax, trials: trials)
        ) { $0.problems() }
    }

    private static func rate(_ fields: inout YAMLFields) -> BreakerPolicy.Rate {
        let usual = BreakerPolicy.Rate()
        let calls = fields.optionalInt("calls", in: 1...10_000, "The last so many calls; 100 where no time is given.")
        let time = fields.optionalDuration(
            "time", in: .seconds(1) ... .seconds(3600), "The calls of the last so long, instead.")
        if calls != nil, time != nil {
            fields.problem(at: "time", "contradicts calls", allowed: "one of calls and time")
        }
        return BreakerPolicy.Rate(
            window: time.map { .time($0) } ?? .calls(calls ?? 100),
            failureRate: fields.share("failureRate", default: usual.failureRate, "Opens at this share of failures."),
            slowCallRate: fields.optionalShare("slowCallRate", "Opens at this share of slow calls."),
            slowAfter: fields.duration(
                "slowAfter", in: times, default: usual.slowAfter, "A call that takes this long is slow."),
            minimumCalls: fields.int(
                "minimumCalls", in: 1...10_000, default: min(usual.minimumCalls, calls ?? .max),
                "Fewer calls in the window never open it."))
    }

    package static func pool(_ fields: inout YAMLFields) -> BulkheadPolicy {
        let usual = BulkheadPolicy()
        return BulkheadPolicy(
            concurrencyMax: fields.int(
                "concurrency", in: 1...100_000, default: usual.concurrencyMax, "Calls under way at once."),
            queueMax: fields.int(
                "queue", in: 0...100_000, default: usual.queueMax, "Calls that wait for room; one more is refused."),
            waitMax: fields.duration("wait", in: waits, default: usual.waitMax, "No call waits longer for room."))
    }

    /// Room without a queue, of those who cannot wait.
    package static func room(_ fields: inout YAMLFields) -> BulkheadPolicy {
        BulkheadPolicy(
            concurrencyMax: fields.int(
                "concurrency", in: 1...100_000, default: BulkheadPolicy().concurrencyMax,
                "Calls under way at once; one more is refused."),
            queueMax: 0, waitMax: .zero)
    }

    package static func hedge(_ fields: inout YAMLFields) -> HedgePolicy {
        let times: ClosedRange<Duration> = .milliseconds(1) ... .seconds(60)
        let fixed = fields.optionalDuration(
            "after", in: times, "Begins a further attempt always after so long, not after what was observed.")
        let share = fields.share(
            "slowerThan", in: 0.5...0.999, default: 0.95,
            "Begins one when an attempt takes longer than this share of the recent ones did.")
        let atLeast = fields.duration("atLeast", in: times, default: .milliseconds(5), "But never sooner.")
        let untilKnown = fields.duration(
            "untilKnown", in: times, default: .seconds(1), "After so long while too few have been observed.")
        let extra = fields.int("extra", in: 1...5, default: 1, "Further attempts beside each one at most.")
        if fixed != nil, let key = ["slowerThan", "atLeast", "untilKnown"].first(where: { fields.has($0) }) {
            fields.problem(at: key, "contradicts after", allowed: "after, or what is observed")
        }
        let delay: HedgePolicy.Delay =
            fixed.map { .fixed($0) } ?? .observed(share: share, atLeast: atLeast, untilKnown: untilKnown)
        return fields.checked(HedgePolicy(delay: delay, extraMax: extra)) { $0.problems() }
    }

    package static func limit(_ fields: inout YAMLFields) -> RateLimit {
        let kind = fields.choice(
            "algorithm", default: RateLimit.Kind.tokenBucket, "How passing is counted; see docs/resilience.md.")
        let count = fields.int("count", in: 1...1_000_000, default: 100, "So many may pass")
        let per = fields.duration(
            "per", in: .milliseconds(1) ... .seconds(86_400), default: .seconds(1), "in this time.")
        let burst = fields.optionalInt(
            "burst", in: 1...1_000_000, "Of a token bucket: so many at once after a pause; as many as count.")
        let queue = fields.optionalInt(
            "queue", in: 0...100_000, "Of a leaky bucket: so many wait their turn; as many as count.")
        if burst != nil, kind != .tokenBucket {
            fields.problem(at: "burst", "has no meaning with \(kind.rawValue)", allowed: "with token-bucket")
        }
        if queue != nil, kind != .leakyBucket {
            fields.problem(at: "queue", "has no meaning with \(kind.rawValue)", allowed: "with leaky-bucket")
        }
        return fields.checked(RateLimit(kind, count, per: per, burst: burst, queue: queue)) { $0.problems() }
    }
}

extension YAMLFields {
    /// Adds what only shows when all values are seen together.
    package mutating func checked<Value>(_ value: Value, _ problems: (Value) -> [String]) -> Value {
        // Each value by itself has been checked; one that was refused stands here as its default.
        guard self.problems.isEmpty, !isDescribing else { return value }
        for sentence in problems(value) {
            let parts = sentence.split(separator: "; allowed", maxSplits: 1)
            var allowed = parts.count == 2 ? String(parts[1]) : "values that go together"
            for start in [" are ", " is "] where allowed.hasPrefix(start) { allowed.removeFirst(start.count) }
            problem(String(parts[0]), allowed: allowed)
        }
        return value
    }
}
