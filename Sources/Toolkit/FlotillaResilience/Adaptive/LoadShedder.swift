public import FlotillaCore
internal import Synchronization

/// Lets in as many calls as can be answered in good time, the important ones first, and sends the others away at once
/// (load shedding; "Site Reliability Engineering", chapter 21).
///
/// The shell of ``AdaptiveLimiter``. Safe to share between tasks; letting a call in and taking its end into account
/// are a lock and some arithmetic each, and allocate nothing.
public final class LoadShedder: Sendable {
    /// What it protects: `gateway`.
    public let target: String
    private let kinds: Int
    private let time: any TimeSource
    private let state: Mutex<State>

    private struct State: Sendable {
        var name: String
        var limiter: AdaptiveLimiter
    }

    /// - Parameters:
    ///   - target: what it protects; stands in refusals and metrics.
    ///   - name: that of the policy; stands in refusals and metrics.
    ///   - policy: must be without ``AdaptiveLimit/problems()``.
    ///   - kinds: how many kinds of calls are told apart, 1 to 1,000; those of a kind take about as long.
    public init(target: String, name: String, policy: AdaptiveLimit, kinds: Int = 1, time: any TimeSource) {
        self.target = target
        self.kinds = kinds
        self.time = time
        state = Mutex(State(name: name, limiter: AdaptiveLimiter(policy, kinds: kinds)))
    }

    /// Does `body` if there is room for it.
    ///
    /// - Parameter kind: 0 to below the number of kinds.
    /// - Throws: what `body` throws, or `overloaded` (unavailable, with `retryAfter`).
    public nonisolated(nonsending) func run<T>(
        _ priority: CallPriority, kind: Int = 0, _ body: () async throws -> T
    ) async throws -> T {
        let permit = try admit(priority, kind: kind)
        do {
            let value = try await body()
            finish(permit, .success)
            return value
        } catch {
            finish(permit, Task.isCancelled ? .abandoned : CallOutcome(of: error))
            throw error
        }
    }

    /// Asks for leave to make one call. Its end must be given to ``finish(_:_:)``, however it ends.
    ///
    /// - Parameter kind: 0 to below the number of kinds.
    /// - Throws: `overloaded` (unavailable), with the time after which to try again.
    public func admit(_ priority: CallPriority, kind: Int = 0) throws(ServiceError) -> AdaptiveLimiter.Permit {
        precondition((0..<kinds).contains(kind), "kind is \(kind); allowed are 0 to \(kinds - 1)")
        let now = time.uptime
        let (admission, name) = state.withLock { ($0.limiter.admit(priority, kind: kind, now: now), $0.name) }
        switch admission {
        case .admitted(let permit): return permit
        case .shed(let retryAfter):
            throw ServiceError(
                .unavailable, "overloaded",
                "There is too much to do: by the policy '\(name)' of \(target), \(priority.rawValue) requests "
                    + "are turned away for a moment. Try again later.",
                retryAfter: retryAfter)
        }
    }

    /// Takes the end of a call that was let in into account; once for each.
    public func finish(_ permit: AdaptiveLimiter.Permit, _ outcome: CallOutcome) {
        let now = time.uptime
        state.withLock { $0.limiter.finish(permit, outcome, now: now) }
    }

    /// A limit that lets everybody in, for ``force(_:)``.
    public static let unlimited = 1_000_000

    /// Holds the limit for an operator, 1 or more; nil hands it back to what is measured.
    public func force(_ limit: Int?) {
        precondition(limit ?? 1 >= 1, "a limit of \(limit ?? 0) would let nothing in")
        state.withLock { $0.limiter.force(limit) }
    }

    /// Goes by another policy from now on, with what has been measured.
    ///
    /// - Parameter policy: must be without ``AdaptiveLimit/problems()``.
    public func adopt(_ policy: AdaptiveLimit, name: String) {
        state.withLock { state in
            state.name = name
            state.limiter.adopt(policy)
        }
    }

    /// Reaches into the limiter: for simulations that break it on purpose, to see that it is noticed.
    package func change(_ body: (inout AdaptiveLimiter) -> Void) { state.withLock { body(&$0.limiter) } }

    /// How things are now.
    public func snapshot() -> LoadShedderSnapshot {
        state.withLock { LoadShedderSnapshot(target: target, name: $0.name, $0.limiter) }
    }
}
