internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

/// Counts what each caller sends, and says when it is too much.
struct CallerLimits: Sendable {
    /// One limiter: a limit and whom it counts for.
    private struct Key: Hashable, Sendable {
        var limit: String
        var caller: String
    }

    /// How things stand for a caller, by the limit that leaves least.
    struct Standing: Sendable {
        var limit: RateLimit
        var decision: RateLimit.Decision
        /// How long to wait for a turn, by the limit that makes wait longest.
        var delay = Duration.zero
    }

    private let plan: RateLimitPlan
    private let limiters: RateLimiterTable<Key>

    init(_ plan: RateLimitPlan, time: any TimeSource) {
        self.plan = plan
        limiters = RateLimiterTable(keysMax: max(2, plan.callersMax), time: time)
    }

    /// Takes one request into account.
    ///
    /// - Returns: nil when no limit concerns it. When one is reached, ``Standing/decision`` says so.
    func take(_ limitClass: String, principal: Principal?, address: String) -> Standing? {
        let caller = principal.map { "user \($0.id)" } ?? CallerAddress.key(address)
        var standing: Standing?
        func take(_ name: String, _ limit: RateLimit?) -> Bool {
            guard let limit else { return true }
            let decision = limiters.take(key: Key(limit: name, caller: caller), limit: limit)
            let delay = max(standing?.delay ?? .zero, decision.delay)
            if !decision.isAllowed || decision.remaining < standing?.decision.remaining ?? .max {
                standing = Standing(limit: limit, decision: decision)
            }
            standing?.delay = delay
            return decision.isAllowed
        }
        // What is refused by one limit takes nothing from those after it.
        _ = take("class \(limitClass)", plan.classes[limitClass])
            && take("tier", principal.flatMap { plan.tiers[$0.tier] }) && take("global", plan.global)
        return standing
    }
}

extension CallerLimits.Standing {
    /// The error for a caller that has to wait; nil while it may go on.
    var refusal: ServiceError? {
        guard !decision.isAllowed else { return nil }
        let pause = max(decision.retryAfter ?? limit.per, .seconds(1))
        return ServiceError(
            .limited, "rate-limited",
            "These are more than \(limit.count) requests in \(Problem.wholeSeconds(limit.per)) s; "
                + "wait \(Problem.wholeSeconds(pause)) s.", retryAfter: pause)
    }

    /// `RateLimit-Limit`, `-Remaining`, `-Reset` and `-Policy` (draft-ietf-httpapi-ratelimit-headers-07).
    func stamp(_ headers: inout HTTPFields) {
        headers[.rateLimitLimit] = String(limit.count)
        headers[.rateLimitRemaining] = String(decision.remaining)
        headers[.rateLimitReset] = String(decision.fullAfter > .zero ? Problem.wholeSeconds(decision.fullAfter) : 0)
        headers[.rateLimitPolicy] = "\(limit.count);w=\(Problem.wholeSeconds(limit.per))"
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimitLimit = constant("RateLimit-Limit")
    fileprivate static let rateLimitRemaining = constant("RateLimit-Remaining")
    fileprivate static let rateLimitReset = constant("RateLimit-Reset")
    fileprivate static let rateLimitPolicy = constant("RateLimit-Policy")
}
