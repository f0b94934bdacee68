internal import FlotillaConfiguration
public import FlotillaResilience

/// The policy of one call as it holds: which entry decides, each value with its source, and what it can come to.
public struct EffectivePolicy: Sendable {
    /// `orders → catalog.GetProducts`.
    public var target: String
    /// The name of the policy.
    public var name: String
    /// What it is for, in the words of the file.
    public var about: String?
    /// The entry of the file that decides, such as `gateway → *`; nil: none, and the code's own policy holds.
    public var pattern: String?
    /// Where that entry stands: `policies.yaml:12:5`; without a file `default`.
    public var origin: String
    /// The policy.
    public var call: CallPolicy
    /// Every value with its source.
    public var values: [PolicyFile.Value]

    /// - Parameter file: what the file says; nil: there is none.
    public init(of target: String, in file: PolicyFile?) {
        let target = PolicyTargets.normal(target)
        self.target = target
        if let found = file?.policy(for: target) {
            name = found.policy.name
            about = found.policy.about
            pattern = found.attachment.pattern
            origin = found.attachment.origin.description
            call = found.policy.call
            values = found.policy.values
        } else {
            let standard = file?.standard ?? .standard
            name = standard.name
            origin = ConfigurationOrigin.defaultValue.description
            call = standard
            values = []
        }
    }

    /// Attempts of one call at most.
    public var attemptsMax: Int { call.attemptsMax }

    /// How long one call can take when nobody sets it a deadline.
    public var worstCase: Duration { call.worstCase }

    /// The policy in sentences, a line each.
    public var sentences: [String] {
        var lines: [String] = []
        let attempts = call.retry?.attemptsMax ?? 1
        if let bulkhead = call.bulkhead {
            let pool = bulkhead.pool.map { "of the pool \($0)" } ?? "of its own"
            lines.append(
                "It needs a place \(pool): \(bulkhead.concurrencyMax) calls at once, \(bulkhead.queueMax) more wait up "
                    + "to \(bulkhead.waitMax.text) each; the next one is refused (bulkhead-full).")
        } else {
            lines.append("Any number of calls may be under way.")
        }
        if let limit = call.limit { lines.append(Self.sentence(limit)) }
        lines.append(
            attempts == 1
                ? "It is tried once, for \(call.timeout.text)."
                : "It is tried up to \(attempts) times, \(call.timeout.text) each\(pauses); "
                    + "only when it may be made twice.")
        if let budget = call.retry?.budget, attempts > 1 {
            lines.append(
                "Of all calls to it \(percent(budget.share)) may be repeated, and \(budget.minimumPerSecond) a second "
                    + "in any case.")
        }
        if let hedge = call.hedge {
            lines.append("A slow attempt gets \(hedge.extraMax) more beside it; the first answer counts.")
        }
        lines.append(breakerSentence)
        if call.minimumTime > .zero {
            lines.append("With less than \(call.minimumTime.text) left until its deadline it is not begun.")
        }
        lines.append(
            "At worst one call takes \(worstCase.text) and is \(attemptsMax) "
                + "\(attemptsMax == 1 ? "attempt" : "attempts"); a deadline ends it sooner.")
        return lines
    }

    private static func sentence(_ limit: RateLimit) -> String {
        let rate = "\(limit.count) \(limit.count == 1 ? "attempt" : "attempts") each \(limit.per.text)"
        return switch limit.algorithm {
        case .tokenBucket(let burst): "At most \(rate), \(burst) at once after a pause; more are refused."
        case .leakyBucket(let queue):
            "At most \(rate), evenly: what comes sooner waits its turn, up to \(queue) of them, as long as its "
                + "deadline allows; more are refused."
        case .fixedWindow: "At most \(rate), counted anew each time; more are refused."
        case .slidingLog: "Never more than \(rate), wherever it begins; more are refused."
        case .slidingCounter: "About \(rate), wherever it begins; more are refused."
        }
    }

    private var pauses: String {
        guard let backoff = call.retry?.backoff else { return "" }
        return backoff.factor == 1
            ? ", \(backoff.first.text) apart"
            : ", \(backoff.first.text) apart at first, then \(backoff.factor.short) times as long, up to "
                + backoff.longest.text
    }

    private var breakerSentence: String {
        guard let breaker = call.breaker else { return "No breaker: it is called however often it failed." }
        var text =
            switch breaker.trip {
            case .consecutive(let failures): failures == 1 ? "After a failure" : "After \(failures) failures in a row"
            case .rate(let rate):
                switch rate.window {
                case .calls(let calls): "When \(percent(rate.failureRate)) of the last \(calls) calls failed"
                case .time(let time): "When \(percent(rate.failureRate)) of the calls of \(time.text) failed"
                }
            }
        text += " it is not called for \(breaker.openFor.text) (circuit-open)"
        if breaker.growth > 1 {
            text += ", each time \(breaker.growth.short) times longer up to \(breaker.openForMax.text)"
        }
        return text + "; then \(breaker.trials == 1 ? "one trial decides" : "\(breaker.trials) trials decide")."
    }

    private func percent(_ share: Double) -> String { "\((share * 100).short) %" }
}

extension Duration {
    /// As people write it: `500ms`, `1.5s`, `2m`; what is below a microsecond is dropped.
    var text: String {
        let (seconds, attoseconds) = components
        let microseconds = attoseconds / 1_000_000_000_000
        if seconds > 0, seconds < 3_600, microseconds > 0 {
            return "\((Double(seconds) + Double(microseconds) / 1_000_000).short)s"
        }
        if seconds >= 3_600 { return "\((Double(seconds) / 360).rounded() / 10)h".replacing(".0h", with: "h") }
        return DurationText.format(.seconds(seconds) + .microseconds(microseconds))
    }
}

extension Double {
    /// Without `.0`.
    var short: String { self == rounded() && abs(self) < 1e15 ? String(Int64(self)) : "\(self)" }
}
