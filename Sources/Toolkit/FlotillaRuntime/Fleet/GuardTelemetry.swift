internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import Synchronization

/// Turns what the guards of a fleet's calls do into metrics and log lines.
///
/// Events are counted as they come; they are rare, for a call that succeeds at once makes none. What is true of
/// every call is read off the guards when metrics are asked for (``GuardMetrics``), so that it costs a call nothing.
final class GuardTelemetry: Sendable {
    /// A spent budget refuses hundreds of retries a second; one line in so long is enough for people.
    static let budgetLineEvery = Duration.seconds(10)

    private let telemetry: Telemetry
    /// Some series for each of the targets, of which a ``PolicyRegistry`` has 10,000 at most.
    private let registry = MetricsRegistry(seriesMax: 50_000)
    /// When a target's spent budget may be told of again.
    private let budgetLines = Mutex<[String: Duration]>([:])

    init(world: World, sink: any LogSink, level: LogLevel) {
        telemetry = Telemetry(service: "fleet", world: world, sink: sink, metrics: registry, level: level)
    }

    /// All metrics of the guards, those that are looked at now included.
    func families(of guards: [GuardSnapshot]) -> [MetricFamily] {
        registry.snapshot() + GuardMetrics.families(of: guards)
    }

    /// Takes an event; a ``GuardObserver``.
    func observe(_ event: GuardEvent) {
        switch event.kind {
        case .retrying(_, let slug, _):
            count("flotilla_retries_total", "Attempts that were made again after an error.", event, ("error", slug))
        case .failed(_, let slug, let outcome, let reason):
            count(
                "flotilla_guard_failures_total", "Calls that ended with an error, and why they were not made again.",
                event, ("error", slug), ("outcome", outcome.rawValue), ("reason", reason.rawValue))
            if reason == .budgetEmpty { logSpentBudget(event, slug) }
        case .refused(let reason):
            count(
                "flotilla_guard_rejections_total", "Calls, or further attempts, that were not made.", event,
                ("reason", reason.rawValue))
        case .breakerChanged(let from, let to):
            count(
                "flotilla_breaker_transitions_total", "Changes of state of circuit breakers.", event,
                ("from", from.rawValue), ("to", to.rawValue))
            logBreaker(event, from, to)
        case .hedged:
            count("flotilla_hedges_total", "Attempts that were made beside one that took long.", event)
        case .policyChanged(let from, let to):
            count(
                "flotilla_policy_changes_total", "Changes of the policy of a target while it ran.", event,
                ("from", from), ("to", to))
        case .fellBack(let slug):
            count(
                "flotilla_fallbacks_total", "Calls that were answered by a fallback.", event, ("error", slug))
        }
    }

    private func count(
        _ name: String, _ help: String, _ event: GuardEvent, _ labels: (String, String)...
    ) {
        let common = GuardMetrics.labels(target: event.target, policy: event.policy)
        registry.counter(name, help, labels: common.map { ($0.name, $0.value) } + labels).increment()
    }

    private func logBreaker(_ event: GuardEvent, _ from: BreakerState, _ to: BreakerState) {
        let caller = telemetry.renamed(GuardMetrics.caller(of: event.target))
        let facts = ["target": event.target, "policy": event.policy, "from": from.rawValue, "to": to.rawValue]
        switch to {
        case .open: caller.log(.warning, "a circuit breaker opened: calls are refused for a while", nil, facts)
        case .halfOpen: caller.log(.info, "a circuit breaker lets a trial through", nil, facts)
        case .closed: caller.log(.info, "a circuit breaker closed: calls go through again", nil, facts)
        }
    }

    private func logSpentBudget(_ event: GuardEvent, _ slug: String) {
        let now = telemetry.world.time.uptime
        let isDue = budgetLines.withLock { lines in
            if let next = lines[event.target], now < next { return false }
            lines[event.target] = now + Self.budgetLineEvery
            return true
        }
        guard isDue else { return }
        telemetry.renamed(GuardMetrics.caller(of: event.target)).log(
            .warning, "the retry budget of a target is spent: failed calls to it are not made again", event.context,
            ["target": event.target, "policy": event.policy, "error": slug])
    }
}
