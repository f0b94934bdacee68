public import FlotillaResilience

extension CallPolicy {
    /// For what a gateway forwards, where the fleet's own policies say nothing else.
    ///
    /// The breaker opens after five failures in a row, for one second only: a trial costs one request, and a service
    /// that was started again must not be kept away by what came before. What only reads is tried twice within the
    /// budget. How long a request may take, its route says; the 60 seconds are for routes that do not. There is no
    /// bulkhead: each service bounds what it does at once itself.
    public static let forwarding = CallPolicy(
        name: "forwarding", timeout: .seconds(60),
        retry: RetryPolicy(attemptsMax: 2, backoff: .fixed(.milliseconds(50), jitter: .full)),
        breaker: BreakerPolicy(trip: .consecutive(failures: 5), openFor: .seconds(1), trials: 1), bulkhead: nil)
}
