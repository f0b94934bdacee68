internal import FlotillaObservability
internal import FlotillaResilience

/// What can be read off the load shedders of a process at one moment, as metrics.
///
/// Their labels are `service` (what is protected, as everywhere) and `policy`.
enum ShedderMetrics {
    static func families(of shedders: [LoadShedderSnapshot]) -> [MetricFamily] {
        [
            family("flotilla_admission_limit", "Requests let in at once at most, now.", .gauge, shedders) {
                [([], Double($0.limit))]
            },
            family("flotilla_admission_in_flight", "Requests under way.", .gauge, shedders) {
                [([], Double($0.inFlight))]
            },
            family(
                "flotilla_admission_requests_total", "Requests by priority, let in or turned away.", .counter, shedders
            ) { shot in
                shot.calls.flatMap { calls in
                    let priority = ("priority", calls.priority.rawValue)
                    return [
                        ([priority, ("outcome", "admitted")], Double(calls.admitted)),
                        ([priority, ("outcome", "shed")], Double(calls.shed)),
                    ]
                }
            },
            family(
                "flotilla_admission_latency_seconds", "How long answered requests took of late.", .gauge, shedders
            ) { [([], $0.latency / .seconds(1))] },
            family(
                "flotilla_admission_stretch", "How many times as long as without a queue requests take.", .gauge,
                shedders
            ) { [([], $0.stretch)] },
            family("flotilla_admission_limit_falls_total", "Times the limit fell.", .counter, shedders) {
                [([], Double($0.falls))]
            },
            family(
                "flotilla_admission_probes_total", "Times the latency without a queue was measured under load.",
                .counter, shedders
            ) { [([], Double($0.probes))] },
        ]
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ shedders: [LoadShedderSnapshot],
        _ read: (LoadShedderSnapshot) -> [(labels: [(String, String)], value: Double)]
    ) -> MetricFamily {
        let series = shedders.flatMap { shot in
            read(shot).map { labels, value in
                let own = labels.map { MetricLabel($0.0, $0.1) }
                return MetricFamily.Series(
                    labels: ([MetricLabel("policy", shot.name), MetricLabel("service", shot.target)] + own).sorted(),
                    value: .number(value))
            }
        }
        return MetricFamily(name: name, help: help, kind: kind, series: series)
    }
}
