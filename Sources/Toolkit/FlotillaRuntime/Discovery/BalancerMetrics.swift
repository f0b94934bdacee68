internal import FlotillaCore
public import FlotillaObservability
public import FlotillaResilience

/// What can be read off load balancers at one moment, as metrics.
///
/// Their labels are `service` (who is called), `caller`, and `instance` or `state` where it matters. Instances come and
/// go; a series ends with its instance.
public enum BalancerMetrics {
    /// The families of these balancers, each with its caller's name.
    public static func families(of balancers: [(caller: String, shot: BalancerSnapshot)]) -> [MetricFamily] {
        [
            family(
                "flotilla_balancer_endpoints", "Instances a caller knows, by what it does with them.", .gauge, balancers
            ) { shot in
                ["in-use", "ejected", "held-out", "draining", "leaving"].map {
                    ([("state", $0)], Double(shot.count($0)))
                }
            },
            family(
                "flotilla_balancer_in_flight", "Calls under way at an instance.", .gauge, balancers
            ) { shot in each(shot) { Double($0.inFlight) } },
            family(
                "flotilla_balancer_picks_total", "Calls that went to an instance.", .counter, balancers
            ) { shot in each(shot) { Double($0.picks) } },
            family(
                "flotilla_balancer_failures_total", "Calls that failed at an instance.", .counter, balancers
            ) { shot in each(shot) { Double($0.failures) } },
            family(
                "flotilla_balancer_peak_seconds", "Recent peak latency of an instance; a failure counts as slow.",
                .gauge, balancers
            ) { shot in each(shot) { $0.recentPeak.inSeconds } },
            family("flotilla_balancer_ejections_total", "Instances that were ejected.", .counter, balancers) {
                [([("result", "ejected")], Double($0.ejections)), ([("result", "spared")], Double($0.spared))]
            },
            family(
                "flotilla_balancer_without_instance_total", "Calls for which there was nobody.", .counter, balancers
            ) { [([], Double($0.withoutInstance))] },
            family(
                "flotilla_balancer_panic", "1 while ejected instances are used, since too few others are left.", .gauge,
                balancers
            ) { [([], $0.isPanicking ? 1 : 0)] },
        ]
    }

    private typealias Values = [(labels: [(String, String)], value: Double)]

    private static func each(_ shot: BalancerSnapshot, _ read: (BalancerSnapshot.Entry) -> Double) -> Values {
        // One that leaves may have a successor under its ID; the successor's series is the one to go on.
        shot.endpoints.filter { $0.state != .leaving }.map { ([("instance", $0.instance.id.text)], read($0)) }
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind,
        _ balancers: [(caller: String, shot: BalancerSnapshot)], _ read: (BalancerSnapshot) -> Values
    ) -> MetricFamily {
        let series = balancers.flatMap { caller, shot in
            read(shot).map { labels, value in
                let own = labels.map { MetricLabel($0.0, $0.1) }
                return MetricFamily.Series(
                    labels: ([MetricLabel("caller", caller), MetricLabel("service", shot.service)] + own).sorted(),
                    value: .number(value))
            }
        }
        return MetricFamily(name: name, help: help, kind: kind, series: series)
    }
}
