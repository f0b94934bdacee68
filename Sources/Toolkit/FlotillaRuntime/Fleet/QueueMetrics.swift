internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaStorage

/// What waits where in a fleet at one moment, and what operators hold, as metrics.
enum QueueMetrics {
    private typealias Values = [(labels: [(String, String)], value: Double)]

    static func families(of fleet: Fleet) -> [MetricFamily] {
        let services = fleet.map.manifests.map(\.name)
        let databases = services.compactMap { name in fleet.instance(of: name).map { (name, $0.database) } }
        let activities = services.flatMap { name in
            fleet.instances(of: name).flatMap { instance in
                (instance.activities?.snapshots() ?? []).map { (name, instance.replica.number, $0) }
            }
        }
        return pools(fleet.policies.poolSnapshots()) + [
            family(
                "flotilla_database_queued_writes", "Writes that wait for a database.", .gauge,
                databases.map { ([("service", $0.0)], Double($0.1.queuedWrites)) }),
            family(
                "flotilla_database_queued_writes_max", "Writes that may wait for a database.", .gauge,
                databases.map { ([("service", $0.0)], Double($0.1.queuedWritesMax)) }),
            family(
                "flotilla_consumer_parked_subjects", "Subjects of which messages are held.", .gauge,
                services.compactMap { name in
                    fleet.consumer(of: name).map { ([("service", name)], Double($0.parkedSubjects)) }
                }),
            family(
                "flotilla_activities", "Activities in memory, by what becomes of them.", .gauge,
                activities.flatMap { name, number, shot -> Values in
                    let labels = [("activity", shot.name), ("replica", String(number)), ("service", name)]
                    return [
                        (labels + [("state", "running")], Double(shot.running)),
                        (labels + [("state", "waiting")], Double(shot.waiting)),
                    ]
                }),
            held(fleet),
        ]
    }

    private static func pools(_ pools: [BulkheadPoolSnapshot]) -> [MetricFamily] {
        func labels(_ shot: BulkheadPoolSnapshot) -> [(String, String)] {
            [("pool", shot.pool), ("service", shot.caller)]
        }
        return [
            family(
                "flotilla_pool_calls", "Calls in a pool that targets share.", .gauge,
                pools.flatMap { shot -> Values in
                    [
                        (labels(shot) + [("state", "running")], Double(shot.room.running)),
                        (labels(shot) + [("state", "waiting")], Double(shot.room.waiting)),
                    ]
                }),
            family(
                "flotilla_pool_refusals_total", "Calls for which a pool had no room.", .counter,
                pools.map { (labels($0), Double($0.room.refusals)) }),
        ]
    }

    /// What somebody has to let go again: an alert on it keeps it from being forgotten.
    private static func held(_ fleet: Fleet) -> MetricFamily {
        var values: Values = []
        func note(_ kind: String, _ target: String) { values.append(([("kind", kind), ("target", target)], 1)) }
        for shot in fleet.policies.snapshots() {
            if shot.breaker?.isForced == true { note("breaker", shot.target) }
            if shot.isBudgetHeld { note("budget", shot.target) }
            if shot.bulkhead?.isForced == true { note("pool", shot.target) }
        }
        for shot in fleet.policies.shedders.snapshots() where shot.isForced { note("door", shot.target) }
        for shot in fleet.balancerSnapshots() {
            for entry in shot.endpoints where entry.forced != nil { note("instance", entry.instance.id.text) }
        }
        return family("flotilla_forced", "1 for what an operator holds, whatever its policy says.", .gauge, values)
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ values: Values
    ) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: kind,
            series: values.map { labels, value in
                MetricFamily.Series(
                    labels: labels.map { MetricLabel($0.0, $0.1) }.sorted(), value: .number(value))
            })
    }
}
