internal import FlotillaCore
internal import Synchronization

/// What an operator holds an instance to, whatever its calls say.
public enum EndpointForce: String, Sendable, Hashable, CaseIterable {
    /// It gets no new calls, unless there is nobody else.
    case ejected
    /// It gets its share, however its calls end. An ejection it is under ends.
    case inUse = "in-use"
}

/// How it is changed while calls run.
extension LoadBalancer {
    /// Instances an operator holds to something are remembered while they are away, up to so many.
    private static let forcedMax = 1_000

    /// Goes by other policies from now on. Instances, their loads and latencies and how far they have warmed up stay,
    /// and so do ejections for the time they were given, and what an operator holds instances to; calls under way end
    /// as they began. Without outliers all who are ejected are back at once.
    ///
    /// - Parameters:
    ///   - policy: must be without ``BalancerPolicy/problems()``.
    ///   - outliers: must be without ``OutlierPolicy/problems()``; nil: nobody is ejected.
    public func adopt(_ policy: BalancerPolicy, outliers: OutlierPolicy?) {
        let problems = policy.problems() + (outliers?.problems() ?? [])
        precondition(problems.isEmpty, problems.joined(separator: "; "))
        let now = time.uptime
        table.withLock { table in
            guard table.policy != policy || table.outlierPolicy != outliers else { return }
            let wasHashing = rules.isHashing
            (table.policy, table.outlierPolicy) = (policy, outliers)
            rules.adopt(policy, outliers)
            if let outliers, table.outliers != nil {
                table.outliers?.adopt(outliers)
            } else if let outliers {
                var machine = OutlierMachine(outliers)
                machine.setInstances(table.members.filter { !$0.value.isDraining }.keys.sorted())
                table.outliers = machine
            } else {
                for (id, _) in table.members where table.outliers?.ejection(of: id) != nil { comeBack(id, &table, now) }
                table.outliers = nil
            }
            replan(&table, now)
            if rules.isHashing, !wasHashing { recount(table) }
        }
    }

    /// Holds an instance out of the choice or in it for an operator; nil lets it go.
    ///
    /// - Returns: false for one that is neither known nor held.
    public func force(_ force: EndpointForce?, _ id: InstanceID) -> Bool {
        let now = time.uptime
        return table.withLock { table in
            guard table.members[id] != nil || table.forced[id] != nil else { return false }
            let before = table.forced[id]
            guard before != force else { return true }
            table.forced[id] = force
            if table.forced.count > Self.forcedMax {
                table.forced = table.forced.filter { table.members[$0.key] != nil }
            }
            let wasOut = force == .inUse && table.outliers?.readmit(id) == true
            // Back from being out, it begins gently like anyone.
            if wasOut || before == .ejected, force != .ejected { comeBack(id, &table, now) }
            // What it did while it was held does not count.
            table.members[id]?.endpoint.failuresInARow.store(0, ordering: .relaxed)
            replan(&table, now)
            return true
        }
    }

    /// What is under way, counted anew: calls that began while the sum was not kept are in it, too. It may be a few off
    /// while calls come and go meanwhile; the next count corrects that.
    func recount(_ table: borrowing Table) {
        var sum = 0
        for member in table.members.values { sum += max(0, member.endpoint.callsInFlight) }
        for endpoint in table.leaving { sum += max(0, endpoint.callsInFlight) }
        inFlight.store(sum, ordering: .relaxed)
    }

    private func comeBack(_ id: InstanceID, _ table: inout Table, _ now: Duration) {
        table.members[id]?.warmSince = now
        table.members[id]?.endpoint.failuresInARow.store(0, ordering: .relaxed)
    }
}
