internal import FlotillaResilience
internal import Synchronization

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

    let rules: RateRules
    private let counts: [RateCount]
    /// The parts of the answer's lines that never change, for each rule and tier.
    let texts: [[RateTexts]]

    /// - Parameter old: whose counts go on, where a rule of the same name counts by the same.
    init(_ rules: RateRules, continuing old: RateCounters? = nil) {
        self.rules = rules
        texts = rules.rules.map { rule in rule.limits.map { RateTexts(rule.name, $0) } }
        counts = rules.rules.map { rule in
            let before = old.flatMap { old in
                old.rules.rules.firstIndex { $0.name == rule.name && $0.subject == rule.subject }
                    .map { (old.rules.rules[$0], old.counts[$0]) }
            }
            if let (known, count) = before, known.subjectsMax == rule.subjectsMax { return count }
            return RateCount(keysMax: Self.keysMax(of: rule), shards: rule.subject == .global ? 1 : Self.shards)
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
            let plan = rules.rules[rule]
            guard let variant = plan.variant(caller.tier),
                let limit = variant == 0 ? plan.limit : plan.tiers[variant - 1].limit,
                let key = Self.key(plan.subject, variant, caller, head)
            else { continue }
            let decision = counts[rule].take(key, limit, now)
            verdict.add(rule, variant, limit, decision)
            if !decision.isAllowed { break }
        }
        return verdict
    }

    /// Limiters held now, for metrics.
    var count: Int { counts.reduce(0) { $0 + $1.count } }

    /// What one limiter is for; nil: the request does not count.
    @inline(__always)
    private static func key(
        _ subject: RateSubject, _ variant: Int, _ caller: RateCaller, _ head: borrowing some EdgeHead & ~Copyable
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

/// The limiters of one rule.
private final class RateCount: Sendable {
    /// Two generations: when the young one is full it becomes the old one, and what stood in the old one is forgotten.
    /// A limiter in use is moved to the young one, so only those at rest start anew.
    private struct Generations: Sendable {
        var young: [UInt64: RateLimiter] = [:]
        var old: [UInt64: RateLimiter] = [:]
    }

    private final class Shard: Sendable {
        let state = Mutex(Generations())
    }

    private let shards: [Shard]
    private let half: Int

    init(keysMax: Int, shards: Int) {
        self.shards = (0..<shards).map { _ in Shard() }
        half = max(1, keysMax / shards / 2)
    }

    func take(_ key: UInt64, _ limit: RateLimit, _ now: Duration) -> RateLimit.Decision {
        shards[Int(key % UInt64(shards.count))].state.withLock { state in
            if let place = state.young.index(forKey: key) {
                return state.young.values[place].take(limit: limit, now: now)
            }
            var limiter = state.old.removeValue(forKey: key) ?? RateLimiter()
            let decision = limiter.take(limit: limit, now: now)
            if state.young.count >= half { state = Generations(young: [:], old: state.young) }
            state.young[key] = limiter
            return decision
        }
    }

    var count: Int { shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.young.count + $0.old.count } } }
}
