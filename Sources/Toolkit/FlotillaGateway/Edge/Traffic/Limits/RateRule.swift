internal import FlotillaConfiguration
internal import FlotillaResilience

/// A limit with a name, and what it counts.
struct RateRule: Sendable, Hashable {
    var name: String
    /// For callers whose tier is not in ``tiers``; nil: those are not counted.
    var limit: RateLimit?
    /// For callers of a tier; in the order of the names. Who is in none is of the tier `anonymous`.
    var tiers: [Tier] = []
    var subject: RateSubject = .caller
    /// Whether it holds on every route, named there or not.
    var isEverywhere = false
    /// So many are counted apart at once, 1 to 1,000,000.
    var subjectsMax = 100_000

    struct Tier: Sendable, Hashable {
        var name: String
        var limit: RateLimit
    }

    /// The tier of who is not known.
    static let anonymous = "anonymous"

    /// All that can hold: ``limit`` at 0, then those of the tiers.
    var limits: [RateLimit?] { [limit] + tiers.map(\.limit) }
}

extension RateRule {
    /// Reads what stands under the name of a limit:
    /// ```yaml
    /// limits:
    ///   orders: { count: 200, per: 1m, by: caller, tiers: { premium: 1000/min } }
    /// ```
    init(from fields: inout YAMLFields) {
        name = ""
        let count = fields.optionalInt("count", in: 1...1_000_000, "So many may pass …")
        let per = fields.duration(
            "per", in: .milliseconds(1)...(.seconds(86_400)), default: .seconds(60), "… in so much time.")
        let kind = fields.choice(
            "algorithm", default: RateLimit.Kind.tokenBucket, "How they are counted.")
        let burst = fields.optionalInt(
            "burst", in: 1...1_000_000,
            "Of a token-bucket: so many at once after a pause; as many as count by default.")
        let queue = fields.optionalInt(
            "queue", in: 0...100_000, "Of a leaky-bucket: so many wait for their turn; as many as count by default.")
        let by = fields.optionalText("by", "What is counted apart: \(RateSubject.allowed); caller by default.")
        isEverywhere = fields.bool("everywhere", default: false, "Whether it holds on every route, named there or not.")
        subjectsMax = fields.int(
            "subjects", in: 1...1_000_000, default: 100_000,
            "So many callers, keys or addresses are kept in mind; the ones at rest are forgotten first.")
        let subject = by.map { RateSubject($0) } ?? .caller
        if subject == nil {
            fields.problem(at: "by", value: by, "is nothing to count by", allowed: RateSubject.allowed)
        }
        self.subject = subject ?? .caller
        limit = count.map { RateLimit(kind, $0, per: per, burst: burst, queue: queue) }
        for tier in fields.namedTexts("tiers", count: 0...100, bytes: 1...40, "Other limits by tier, such as 10/min.") {
            guard let rate = Rate(tier.value) else {
                fields.problem(at: "tiers", value: tier.value, "has no rate for \(tier.name)", allowed: Rate.allowed)
                continue
            }
            tiers.append(Tier(name: tier.name, limit: RateLimit(kind, rate.count, per: rate.per, queue: queue)))
        }
        tiers.sort { $0.name < $1.name }
        checkWhole(&fields, burst: burst, queue: queue, kind: kind)
    }

    private func checkWhole(_ fields: inout YAMLFields, burst: Int?, queue: Int?, kind: RateLimit.Kind) {
        guard !fields.isDescribing else { return }
        if limit == nil, tiers.isEmpty {
            fields.problem("has neither count nor tiers", allowed: "count, tiers, or both")
        }
        if burst != nil, kind != .tokenBucket {
            fields.problem(at: "burst", "is not for \(kind.rawValue)", allowed: "burst with token-bucket")
        }
        if queue != nil, kind != .leakyBucket {
            fields.problem(at: "queue", "is not for \(kind.rawValue)", allowed: "queue with leaky-bucket")
        }
        for limit in limits.compactMap({ $0 }) {
            for problem in limit.problems() { fields.problem("is impossible: \(problem)", allowed: "other numbers") }
        }
    }
}

/// So many in so much time, as people write it: `10/min`, `5/s`, `1000/h`, `20/30s`.
struct Rate: Sendable, Hashable {
    var count: Int
    var per: Duration

    static let allowed = "a rate such as 10/min, 5/s, 1000/h or 20/30s"

    private static let units: [String: Duration] = [
        "s": .seconds(1), "sec": .seconds(1), "second": .seconds(1), "m": .seconds(60), "min": .seconds(60),
        "minute": .seconds(60), "h": .seconds(3_600), "hour": .seconds(3_600), "d": .seconds(86_400),
        "day": .seconds(86_400),
    ]

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count),
            let per = Self.units[String(parts[1])] ?? DurationText.parse(String(parts[1])),
            (.milliseconds(1) ... .seconds(86_400)).contains(per)
        else { return nil }
        (self.count, self.per) = (count, per)
    }
}
