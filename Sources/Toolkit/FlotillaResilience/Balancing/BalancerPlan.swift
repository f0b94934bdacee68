internal import FlotillaCore

/// Whom calls can go to now and by what rule: immutable, made anew when an instance comes, goes, is ejected or has
/// warmed up a little more. Picking from it takes constant time and allocates nothing.
final class BalancerPlan: Sendable {
    /// An endpoint with what matters for its share.
    struct Member: Sendable {
        var endpoint: Endpoint
        var isDraining = false
        var isEjected = false
        /// Since when it has been in use; its share grows from there.
        var warmSince: Duration
    }

    let algorithm: BalancerPolicy.Algorithm
    let memory: PeakMemory
    let hashLoadMax: Double
    /// The preferred endpoints; all of them when no zone is preferred.
    let home: EndpointGroup
    /// Those of other zones; empty when no zone is preferred.
    let away: EndpointGroup
    /// The share of calls that stay at home, in units of 2^-32.
    let homeShare: UInt64
    /// Whether ejected endpoints are used since too few others are left.
    let isPanicking: Bool
    /// Whether a later plan of the same members would have other weights.
    let isWarming: Bool

    /// - Parameters:
    ///   - members: sorted by ID.
    ///   - zone: the caller's.
    init(_ members: [Member], _ policy: BalancerPolicy, zone: String?, now: Duration) {
        algorithm = policy.algorithm
        memory = PeakMemory(decay: policy.decay)
        hashLoadMax = policy.hashLoadMax
        let staying = members.filter { !$0.isDraining }
        let healthy = staying.filter { !$0.isEjected }
        isPanicking =
            healthy.count < staying.count && Double(healthy.count) < policy.panicThreshold * Double(staying.count)
        // When all are about to leave they are still better than nobody.
        let usable = staying.isEmpty ? members : isPanicking ? staying : healthy
        let (slowStart, algorithm) = (policy.slowStart, policy.algorithm)
        func group(_ members: [Member]) -> EndpointGroup {
            let weights = members.map { Self.weight(of: $0, algorithm, slowStart, now: now) }
            return EndpointGroup(members.map(\.endpoint), weights: weights, algorithm: algorithm)
        }
        isWarming = usable.contains { Self.warmth(of: $0, algorithm, slowStart, now: now) < 1 }
        let preferred = isPanicking ? nil : Self.preference(usable, staying, policy.zones, zone)
        if let preferred {
            home = group(usable.filter { $0.endpoint.instance.zone == zone })
            away = group(usable.filter { $0.endpoint.instance.zone != zone })
            homeShare = away.endpoints.isEmpty ? 1 << 32 : UInt64(preferred * 4_294_967_296)
        } else {
            home = group(usable)
            away = group([])
            homeShare = 1 << 32
        }
    }

    /// The endpoint for a call; nil when there is none.
    ///
    /// - Parameters:
    ///   - turn: counts the picks.
    ///   - bits: random bits.
    ///   - key: spread over all bits (``MaglevTable/mixed(_:)``).
    ///   - tick: a recent reading of the clock.
    ///   - inFlight: calls under way at all endpoints; for consistent hashing only.
    @inline(__always)
    func pick(turn: UInt64, bits: UInt64, key: UInt64?, tick: Tick, inFlight: Int) -> Endpoint? {
        guard !home.endpoints.isEmpty else { return nil }
        let draw = EndpointGroup.Draw(
            turn: turn, bits: bits, key: key, again: 0, tick: tick, inFlight: inFlight)
        if homeShare == 1 << 32 { return home.pick(draw, self) }
        // The same key goes to the same zone. Other bits than those that choose the endpoint.
        let chance = MaglevTable.mixed(~(key ?? bits)) >> 32
        return (chance < homeShare ? home : away).pick(draw, self)
    }

    /// The same for a call that has been at `tried` already: another one if there is any, at home first.
    func pick(
        turn: UInt64, bits: UInt64, key: UInt64?, tick: Tick, inFlight: Int, avoiding tried: [Endpoint]
    ) -> Endpoint? {
        guard let first = pick(turn: turn, bits: bits, key: key, tick: tick, inFlight: inFlight) else { return nil }
        func isWanted(_ endpoint: Endpoint) -> Bool { !tried.contains { $0 === endpoint } }
        if isWanted(first) { return first }
        for again in 1...8 {
            let draw = EndpointGroup.Draw(
                turn: turn, bits: MaglevTable.mixed(bits &+ UInt64(again)), key: key, again: again, tick: tick,
                inFlight: inFlight)
            let next = home.pick(draw, self)
            if isWanted(next) { return next }
        }
        // Chance did not find one: whoever has least to do.
        let others = home.endpoints.filter(isWanted) + away.endpoints.filter(isWanted)
        return others.min { $0.callsInFlight < $1.callsInFlight } ?? first
    }

    /// The share of calls that stay in the caller's zone; nil when it is not preferred.
    private static func preference(
        _ usable: [Member], _ all: [Member], _ policy: BalancerPolicy.Zones?, _ zone: String?
    ) -> Double? {
        guard let policy, let zone else { return nil }
        func own(_ members: [Member]) -> [Member] { members.filter { $0.endpoint.instance.zone == zone } }
        guard own(usable).count >= policy.ownInstancesMin else { return nil }
        func capacity(_ members: [Member]) -> Double {
            Double(members.reduce(0) { $0 + $1.endpoint.instance.weight })
        }
        return min(1, policy.overprovisioning * capacity(own(usable)) / capacity(own(all)))
    }

    private static func weight(
        of member: Member, _ algorithm: BalancerPolicy.Algorithm, _ slowStart: BalancerPolicy.SlowStart?,
        now: Duration
    ) -> Double {
        let weight = algorithm == .roundRobin ? 1 : Double(member.endpoint.instance.weight)
        return weight * warmth(of: member, algorithm, slowStart, now: now)
    }

    /// The share of its weight that a member has by now, for those who look at it.
    static func warmth(of member: Member, _ policy: BalancerPolicy, now: Duration) -> Double {
        warmth(of: member, policy.algorithm, policy.slowStart, now: now)
    }

    private static func warmth(
        of member: Member, _ algorithm: BalancerPolicy.Algorithm, _ slowStart: BalancerPolicy.SlowStart?,
        now: Duration
    ) -> Double {
        guard let slowStart, algorithm != .consistentHash else { return 1 }
        let age = max(.zero, now - member.warmSince)
        return min(1, max(slowStart.initialShare, age.inSeconds / slowStart.window.inSeconds))
    }
}
