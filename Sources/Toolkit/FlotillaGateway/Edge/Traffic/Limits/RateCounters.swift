internal import FlotillaResilience

/// Counts requests against the limits of ``RateRules``: a limiter for each caller, key or address, in bounded memory,
/// shared by the threads of all loops.
///
/// Whom a limiter is for is a 64-bit keyed hash (SipHash, with a key of this process that nobody outside can know), so
/// nothing is built on the way, and that two of `n` callers share one is as likely as n² / 2⁶⁵.
final class RateCounters: Sendable {
    /// Locks a rule is spread over, so that threads seldom meet.
    private static let shards = 8
    /// What the sliding logs of one rule remember together, at most (8 bytes each).
    private static let passingsMax = 1_000_000

    /// A rule as it is needed on the way.
    private final class Counted: Sendable {
        let subject: RateSubject
        /// As ``RateRule/limits``.
        let limits: [RateLimit?]
        let tiers: [String]
        let count: RateCount

        init(_ rule: RateRule, _ count: RateCount) {
            subject = rule.subject
            limits = rule.limits
            tiers = rule.tiers.map(\.name)
            self.count = count
        }

        /// The place of what holds for that tier.
        func variant(_ tier: String?) -> Int {
            if tiers.isEmpty { return 0 }
            let tier = tier ?? RateRule.anonymous
            for place in tiers.indices where tiers[place] == tier { return place + 1 }
            return 0
        }
    }

    let rules: RateRules
    private let counted: [Counted]
    /// The parts of the answer's lines that never change, for each rule and tier.
    let texts: [[RateTexts]]

    /// - Parameter old: whose counts go on, where a rule of the same name counts by the same.
    init(_ rules: RateRules, continuing old: RateCounters? = nil) {
        self.rules = rules
        texts = rules.rules.map { rule in rule.limits.map { RateTexts(rule.name, $0) } }
        counted = rules.rules.map { rule in
            let keysMax = Self.keysMax(of: rule)
            let place = old?.rules.rules.firstIndex { $0.name == rule.name && $0.subject == rule.subject }
            if let old, let place, old.counted[place].count.keysMax == keysMax {
                return Counted(rule, old.counted[place].count)
            }
            return Counted(rule, RateCount(keysMax: keysMax, shards: rule.subject == .global ? 1 : Self.shards))
        }
    }

    /// Limiters a rule may have: fewer when each remembers much.
    private static func keysMax(of rule: RateRule) -> Int {
        let logs = rule.limits.compactMap { $0 }.filter { $0.kind == .slidingLog }.map(\.count)
        return min(rule.subjectsMax, logs.max().map { max(2 * shards, passingsMax / $0) } ?? .max)
    }

    /// Takes one request into account. What is refused by one limit takes nothing from those after it.
    ///
    /// - Parameters:
    ///   - selection: the rules that hold, by ``RateRules/selection(_:)``.
    ///   - now: `TimeSource.uptime`.
    func take(
        _ selection: [Int], _ caller: RateCaller, _ head: borrowing some EdgeHead & ~Copyable, now: Duration
    ) -> RateVerdict {
        var verdict = RateVerdict()
        for rule in selection {
            let counted = counted[rule]
            let variant = counted.variant(caller.tier)
            guard let limit = counted.limits[variant], let key = Self.key(counted.subject, caller, head) else {
                continue
            }
            let decision = counted.count.take(key, limit, now)
            verdict.add(rule, variant, limit, decision)
            if !decision.isAllowed { break }
        }
        return verdict
    }

    /// Limiters held now, for metrics.
    var count: Int { counted.reduce(0) { $0 + $1.count.held } }

    /// What one limiter is for; nil: the request does not count.
    @inline(__always)
    private static func key(
        _ subject: RateSubject, _ caller: RateCaller, _ head: borrowing some EdgeHead & ~Copyable
    ) -> UInt64? {
        var hasher = Hasher()
        switch subject {
        case .global: return 0
        case .caller:
            if let id = caller.id { add(id, 1, &hasher) } else { add(caller.address, &hasher) }
        case .tier: add(caller.tier ?? RateRule.anonymous, 2, &hasher)
        case .key:
            guard let id = caller.keyID else { return nil }
            add(id, 3, &hasher)
        case .address: add(caller.address, &hasher)
        case .route:
            hasher.combine(UInt8(4))
            hasher.combine(caller.route)
        case .header(let name):
            if let value = head.field(name) { add(value, 5, &hasher) } else { add(caller.address, &hasher) }
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The bytes themselves: `String`'s own hashing takes texts apart by characters.
    @inline(__always)
    private static func add(_ text: String, _ kind: UInt8, _ hasher: inout Hasher) {
        hasher.combine(kind)
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    private static func add(_ address: IPAddress?, _ hasher: inout Hasher) {
        hasher.combine(UInt8(0))
        let bits = address?.caller.bits ?? 0
        hasher.combine(UInt64(truncatingIfNeeded: bits >> 64))
        hasher.combine(UInt64(truncatingIfNeeded: bits))
    }
}
