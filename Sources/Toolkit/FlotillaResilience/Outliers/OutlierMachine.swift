internal import FlotillaCore

/// Which instances are out of the choice for a while, as a value: what was counted comes in, ejections go out.
///
/// An ejection begins at once (too many failures in a row) or at a sweep (worse than the others); it ends at the first
/// sweep after its time. Refusals of the caller's own never get here.
struct OutlierMachine: Sendable {
    /// What was counted of an instance since the last sweep.
    struct Tally: Sendable {
        var id: InstanceID
        var successes = 0
        var failures = 0
        /// Of both together.
        var microseconds = 0

        var calls: Int { successes + failures }
        var successRate: Double { Double(successes) / Double(max(1, calls)) }
        var meanMicroseconds: Double { Double(microseconds) / Double(max(1, calls)) }
    }

    /// What a sweep changed.
    struct Swept: Sendable, Equatable {
        var returned: [InstanceID] = []
        var ejected: [InstanceID] = []
    }

    private struct Host: Sendable {
        /// Ejections in short succession; the next lasts one more than so many times as long.
        var times = 0
        var ejection: Ejection?
    }

    private(set) var policy: OutlierPolicy
    private var hosts: [InstanceID: Host] = [:]
    /// How many are out now.
    private(set) var ejectedCount = 0
    /// How often one was ejected.
    private(set) var ejections = 0
    /// How often one should have been, but too many were out already.
    private(set) var spared = 0

    init(_ policy: OutlierPolicy) { self.policy = policy }

    /// Who there is. Whoever is gone is forgotten, with its ejection.
    mutating func setInstances(_ ids: [InstanceID]) {
        var kept: [InstanceID: Host] = [:]
        for id in ids { kept[id] = hosts[id] ?? Host() }
        hosts = kept
        ejectedCount = hosts.values.reduce(0) { $0 + ($1.ejection == nil ? 0 : 1) }
    }

    /// Begins anew with one that is there under an ID that was there before.
    mutating func forget(_ id: InstanceID) {
        guard let host = hosts[id] else { return }
        if host.ejection != nil { ejectedCount -= 1 }
        hosts[id] = Host()
    }

    /// Goes by another policy from now on. Who is out stays out for the time it was given.
    mutating func adopt(_ policy: OutlierPolicy) { self.policy = policy }

    /// Takes one back before its time is over, and forgets how often it was ejected.
    ///
    /// - Returns: whether it was out.
    mutating func readmit(_ id: InstanceID) -> Bool {
        let wasOut = ejection(of: id) != nil
        forget(id)
        return wasOut
    }

    /// The ejection an instance is under; nil when it is not.
    func ejection(of id: InstanceID) -> Ejection? { hosts[id]?.ejection }

    /// Told of so many failures in a row.
    ///
    /// - Returns: whether the instance was ejected for it.
    mutating func failed(_ id: InstanceID, inARow count: Int, now: Duration) -> Bool {
        guard let limit = policy.consecutiveFailures, count >= limit else { return false }
        return eject(id, .consecutiveFailures, now: now)
    }

    /// Looks at all: takes back those whose time is over, compares the others.
    ///
    /// - Parameter tallies: of every instance, sorted by ID.
    mutating func sweep(_ tallies: [Tally], now: Duration) -> Swept {
        var swept = Swept()
        for tally in tallies {
            guard var host = hosts[tally.id] else { continue }
            if let ejection = host.ejection {
                guard ejection.until <= now else { continue }
                host.ejection = nil
                ejectedCount -= 1
                swept.returned.append(tally.id)
            } else {
                host.times = max(0, host.times - 1)
            }
            hosts[tally.id] = host
        }
        let compared = tallies.filter { tally in
            guard let host = hosts[tally.id], host.ejection == nil else { return false }
            return !swept.returned.contains(tally.id)
        }
        for id in belowTheOthers(compared) where eject(id, .successRate, now: now) { swept.ejected.append(id) }
        for id in slowerThanTheOthers(compared) where eject(id, .latency, now: now) { swept.ejected.append(id) }
        return swept
    }

    private func belowTheOthers(_ tallies: [Tally]) -> [InstanceID] {
        guard let rule = policy.successRate else { return [] }
        let counted = tallies.filter { $0.calls >= rule.callsMin }
        guard counted.count >= rule.instancesMin else { return [] }
        let mean = counted.reduce(0) { $0 + $1.successRate } / Double(counted.count)
        let variance =
            counted.reduce(0) { $0 + ($1.successRate - mean) * ($1.successRate - mean) } / Double(counted.count)
        let limit = mean - rule.deviations * variance.squareRoot()
        // Worst first: not all of them may be ejected.
        return counted.filter { $0.successRate < limit }
            .sorted { ($0.successRate, $0.id) < ($1.successRate, $1.id) }.map(\.id)
    }

    private func slowerThanTheOthers(_ tallies: [Tally]) -> [InstanceID] {
        guard let rule = policy.latency else { return [] }
        let counted = tallies.filter { $0.calls >= rule.callsMin }
        // Of two nobody can say which is the odd one.
        guard counted.count >= 3 else { return [] }
        let median = counted.map(\.meanMicroseconds).sorted()[(counted.count - 1) / 2]
        let limit = max(median * rule.factor, Double(rule.atLeast.microseconds))
        return counted.filter { $0.meanMicroseconds > limit }
            .sorted { ($1.meanMicroseconds, $0.id) < ($0.meanMicroseconds, $1.id) }.map(\.id)
    }

    private mutating func eject(_ id: InstanceID, _ reason: Ejection.Reason, now: Duration) -> Bool {
        guard var host = hosts[id], host.ejection == nil else { return false }
        let isWithinShare = Double(ejectedCount + 1) <= policy.ejectedShareMax * Double(hosts.count)
        let isTheOne = policy.ejectsOneAlways && ejectedCount == 0
        guard hosts.count > 1, isWithinShare || isTheOne else {
            spared += 1
            return false
        }
        host.times += 1
        let length = min(policy.ejectionMax, policy.ejection * host.times)
        host.ejection = Ejection(reason: reason, since: now, until: now + length)
        hosts[id] = host
        ejectedCount += 1
        ejections += 1
        return true
    }
}

/// Why and how long an instance is out of the choice.
public struct Ejection: Sendable, Hashable {
    /// What gave rise to it.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Too many failures in a row.
        case consecutiveFailures = "consecutive-failures"
        /// Far fewer successes than the others.
        case successRate = "success-rate"
        /// Far slower than the others.
        case latency
    }

    /// What gave rise to it.
    public let reason: Reason
    /// When it began, on the clock that never jumps.
    public let since: Duration
    /// It ends at the first look at all instances after this.
    public let until: Duration
}
