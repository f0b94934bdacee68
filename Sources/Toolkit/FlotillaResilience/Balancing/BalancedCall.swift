public import FlotillaCore
internal import Synchronization

/// One call to a service, over as many instances as it takes: every attempt goes to one that this call has not been
/// at, as long as there is any. Attempts may overlap, as hedged ones do. Safe to share between them.
public final class BalancedCall: Sendable {
    /// Endpoints remembered at the most; further attempts forget the first.
    private static let triedMax = 16

    private let balancer: LoadBalancer
    private let key: UInt64?
    private let tried = Mutex<[Endpoint]>([])

    init(_ balancer: LoadBalancer, key: String?) {
        self.balancer = balancer
        self.key = key.map { LoadBalancer.key(of: $0) }
    }

    /// Makes one attempt at one endpoint and counts how it ended.
    ///
    /// An attempt that ends in a cancellation counts as a failure of the endpoint when its deadline is over: that is
    /// what a hanging instance looks like to whoever watches the time outside of this.
    ///
    /// - Throws: what `body` throws; `no-instance` (unavailable), and `timeout` for a deadline that was over before,
    ///   both without anything being counted.
    public nonisolated(nonsending) func attempt<T>(
        _ context: CallContext, _ body: (Endpoint, CallContext) async throws -> T
    ) async throws -> T {
        try await attempt(before: context.deadline) { try await body($0, context) }
    }

    /// The same for what has no context.
    ///
    /// - Parameter deadline: nil: there is none, and what is cancelled says nothing about the endpoint.
    public nonisolated(nonsending) func attempt<T>(
        before deadline: Deadline?, _ body: (Endpoint) async throws -> T
    ) async throws -> T {
        try await balancer.refreshOnce()
        let time = balancer.time
        guard deadline?.isOver(on: time) != true else { throw ServiceError.timeout(balancer.service) }
        let endpoint = try pick()
        let started = time.uptime
        do {
            let value = try await body(endpoint)
            balancer.finish(endpoint, .success, took: time.uptime - started)
            return value
        } catch {
            let took = time.uptime - started
            let isLate = deadline?.isOver(on: time) ?? false
            let outcome = balancer.outcome(of: error, isCutOff: Task.isCancelled, isLate: isLate, took: took)
            balancer.finish(endpoint, outcome, took: took)
            throw error
        }
    }

    private func pick() throws(ServiceError) -> Endpoint {
        let avoided = tried.withLock { $0 }
        let endpoint = try balancer.pick(key: key, avoiding: avoided)
        tried.withLock { tried in
            if tried.count >= Self.triedMax { tried.removeFirst() }
            tried.append(endpoint)
        }
        return endpoint
    }
}

extension LoadBalancer {
    /// What the end of an attempt says about the endpoint.
    ///
    /// - Parameters:
    ///   - isCutOff: whether the attempt was cancelled, whatever it then threw.
    ///   - isLate: whether its deadline was over.
    func outcome(of error: any Error, isCutOff: Bool, isLate: Bool, took: Duration) -> CallOutcome {
        let outcome = CallOutcome(of: error)
        guard isCutOff || outcome == .abandoned || isLate && outcome == .failure else { return outcome }
        return self.outcome(ofCutOff: took, isLate: isLate)
    }

    /// What an attempt without an answer says about the endpoint that was cut off after `took`
    /// (``OutlierPolicy/timeoutCountsAfter``, ``OutlierPolicy/abandonedCountsAfter``).
    ///
    /// - Parameter isLate: by its deadline; false: the caller went away.
    public func outcome(ofCutOff took: Duration, isLate: Bool) -> CallOutcome {
        guard let outlierPolicy else { return isLate ? .failure : .abandoned }
        if isLate { return took >= outlierPolicy.timeoutCountsAfter ? .failure : .abandoned }
        guard let patience = outlierPolicy.abandonedCountsAfter else { return .abandoned }
        return took >= patience ? .failure : .abandoned
    }
}
