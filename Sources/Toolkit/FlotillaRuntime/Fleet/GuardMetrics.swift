package import FlotillaObservability
package import FlotillaResilience

/// What can be read off the guards of a fleet at one moment, as metrics.
///
/// Their labels are `service` (the caller, as everywhere), `target` (as in `/ops/breakers`) and `policy`.
package enum GuardMetrics {
    package static func families(of guards: [GuardSnapshot]) -> [MetricFamily] {
        [
            family("flotilla_guard_calls_total", "Calls that ended, by how.", .counter, guards) { shot in
                let ends = shot.ends
                return [
                    (("outcome", CallOutcome.success.rawValue), ends.success),
                    (("outcome", CallOutcome.callerFault.rawValue), ends.callerFault),
                    (("outcome", CallOutcome.failure.rawValue), ends.failure),
                    (("outcome", CallOutcome.abandoned.rawValue), ends.abandoned),
                    (("outcome", "refused"), ends.refused),
                ]
            },
            family("flotilla_guard_attempts_total", "Attempts made.", .counter, guards) { [(nil, $0.attempts)] },
            family(
                "flotilla_guard_attempt_failures_total", "Attempts that failed, those that took too long included.",
                .counter, guards
            ) { [(nil, $0.failures)] },
            family("flotilla_guard_timeouts_total", "Attempts that took too long.", .counter, guards) {
                [(nil, $0.timeouts)]
            },
            family("flotilla_breaker_state", "1 for the state a circuit breaker is in.", .gauge, guards) { shot in
                guard let state = shot.breaker?.state else { return [] }
                return BreakerState.allCases.map { (("state", $0.rawValue), $0 == state ? 1 : 0) }
            },
            family("flotilla_bulkhead_calls", "Calls in a bulkhead.", .gauge, guards) { shot in
                guard let bulkhead = shot.bulkhead else { return [] }
                return [(("state", "running"), bulkhead.running), (("state", "waiting"), bulkhead.waiting)]
            },
            family(
                "flotilla_retry_budget_saved", "Retries the budget of a target allows at once.", .gauge, guards
            ) { shot in shot.retriesSaved.map { [(nil, $0)] } ?? [] },
            family(
                "flotilla_limit_remaining", "Attempts the limit of a target lets through at this moment.", .gauge,
                guards
            ) { shot in shot.limitRemaining.map { [(nil, $0)] } ?? [] },
        ]
    }

    static func labels(target: String, policy: String) -> [MetricLabel] {
        [
            MetricLabel("policy", policy), MetricLabel("service", caller(of: target)), MetricLabel("target", target),
        ]
    }

    /// `orders` of `orders → catalog.GetProducts`.
    static func caller(of target: String) -> String {
        target.split(separator: PolicyBook.arrow, maxSplits: 1).first.map { String($0) } ?? target
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ guards: [GuardSnapshot],
        _ read: (GuardSnapshot) -> [(label: (String, String)?, value: Int)]
    ) -> MetricFamily {
        let series = guards.flatMap { shot in
            read(shot).map { label, value in
                let own = label.map { [MetricLabel($0.0, $0.1)] } ?? []
                return MetricFamily.Series(
                    labels: (labels(target: shot.target, policy: shot.policy) + own).sorted(),
                    value: .number(Double(value)))
            }
        }
        return MetricFamily(name: name, help: help, kind: kind, series: series)
    }
}
