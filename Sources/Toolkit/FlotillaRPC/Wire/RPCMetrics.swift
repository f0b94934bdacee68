internal import FlotillaCore
internal import FlotillaObservability
internal import Synchronization

/// Counts and durations of calls, by method and outcome, on one side of them.
///
/// Handles are made at the first call of each kind; methods and slugs come from code, so there are few.
final class RPCMetrics: Sendable {
    private struct Key: Hashable {
        var method: String
        var outcome: String
    }

    private struct Handles {
        var requests: Counter
        var seconds: Histogram
    }

    private static let keysMax = 2_000

    private let side: String
    private let peer: String?
    private let registry: MetricsRegistry
    private let handles = Mutex<[Key: Handles]>([:])

    /// - Parameters:
    ///   - side: `client` or `server`; part of the metrics' names.
    ///   - peer: the callee, on the client's side.
    init(side: String, peer: String? = nil, registry: MetricsRegistry) {
        self.side = side
        self.peer = peer
        self.registry = registry
    }

    /// - Parameter outcome: `ok` or the slug of the error.
    func note(method: String, outcome: String, took: Duration) {
        let handles = handles(for: Key(method: method, outcome: outcome))
        handles.requests.increment()
        handles.seconds.observe(took)
    }

    private func handles(for key: Key) -> Handles {
        handles.withLock { handles in
            if let known = handles[key] { return known }
            let peerLabel = peer.map { [("callee", $0)] } ?? []
            let new = Handles(
                requests: registry.counter(
                    "rpc_\(side)_requests_total", "gRPC calls, by method and outcome.",
                    labels: peerLabel + [("method", key.method), ("outcome", key.outcome)]),
                seconds: registry.histogram(
                    "rpc_\(side)_duration_seconds", "How long gRPC calls took.",
                    labels: peerLabel + [("method", key.method)], buckets: Histogram.workSeconds))
            if handles.count < Self.keysMax { handles[key] = new }
            return new
        }
    }
}

/// What an error is called in metrics.
func outcomeLabel(of error: any Error) -> String {
    switch error {
    case let error as any DescribedError: error.slug
    case is CancellationError: "cancelled"
    default: "internal"
    }
}
