internal import FlotillaCore
internal import Synchronization

/// Keeps the issuer's keys: fetched by the first who needs them, shared by all, refreshed now and then.
///
/// Whoever sends tokens with invented key names must not be able to make this a stream of requests to the issuer: an
/// unknown name causes at most one fetch per ``Limits/unknownKeyInterval``.
final class KeyRefresher: Sendable {
    struct Limits: Sendable {
        var unknownKeyInterval: Duration = .seconds(30)
        var failureInterval: Duration = .seconds(1)
        var keysAgeMax: Duration = .seconds(3600)
        var waitersMax = 4096
    }

    private struct State {
        var keys: VerificationKeys?
        var fetchedAt: Duration = .zero
        /// Whether they are what the issuer said last, since it cannot be asked.
        var isProvisional = false
        /// Not before this may an unknown key name cause a fetch.
        var unknownKeyFrom: Duration = .zero
        /// Not before this may anything cause a fetch, since the last one failed.
        var retryFrom: Duration = .zero
        var isFetching = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private enum Step {
        case answer(VerificationKey?)
        case fetch(isUrgent: Bool)
        case wait
        case unavailable
    }

    private let source: any JWKSSource
    private let time: any TimeSource
    private let limits: Limits
    private let onChange: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter onChange: called when keys known so far have been replaced by a different set.
    init(source: any JWKSSource, time: any TimeSource, limits: Limits, onChange: @escaping @Sendable () -> Void) {
        self.source = source
        self.time = time
        self.limits = limits
        self.onChange = onChange
    }

    /// The key of that name; nil when the issuer has none.
    ///
    /// - Throws: ``ServiceError`` `token-keys-unavailable` when no keys could be had so far; `CancellationError`.
    func key(_ id: String) async throws -> VerificationKey? {
        // Two rounds would do, were there no leader that is cancelled while others wait for its fetch.
        for _ in 0..<4 {
            switch state.withLock({ decide(id, &$0) }) {
            case .answer(let key): return key
            case .fetch(let isUrgent): try await fetch(isUrgent)
            case .wait: await waitForFetch()
            case .unavailable: throw Self.unavailable
            }
        }
        throw Self.unavailable
    }

    private func decide(_ id: String, _ state: inout State) -> Step {
        let now = time.uptime
        var isUrgent = false
        if let keys = state.keys {
            let isStale = state.isProvisional || now - state.fetchedAt >= limits.keysAgeMax
            if let key = keys[id] {
                // A stale set is refreshed by one call; the others go on with it.
                guard isStale, !state.isFetching, now >= state.retryFrom else { return .answer(key) }
            } else if state.isFetching {
                return state.waiters.count < limits.waitersMax ? .wait : .unavailable
            } else if now < state.unknownKeyFrom || now < state.retryFrom {
                // Of the keys of an issuer that cannot be asked nobody knows whether that is all of them.
                return state.isProvisional ? .unavailable : .answer(nil)
            } else {
                state.unknownKeyFrom = now + (state.isProvisional ? limits.failureInterval : limits.unknownKeyInterval)
                isUrgent = true
            }
        } else if state.isFetching {
            return state.waiters.count < limits.waitersMax ? .wait : .unavailable
        } else if now < state.retryFrom {
            return .unavailable
        }
        state.isFetching = true
        return .fetch(isUrgent: isUrgent)
    }

    private func fetch(_ isUrgent: Bool) async throws {
        do {
            let issued = try await source.keys(isUrgent: isUrgent)
            finish(.success(try await VerificationKeys(jwks: issued.json)), isCurrent: issued.isCurrent)
        } catch {
            finish(.failure(error))
            if error is CancellationError { throw error }
            // With keys at hand the next round answers from them; without, it says "unavailable".
        }
    }

    private func finish(_ result: Result<VerificationKeys, any Error>, isCurrent: Bool = true) {
        let (waiters, hasChanged) = state.withLock { state in
            let now = time.uptime
            var hasChanged = false
            switch result {
            case .success(let keys):
                hasChanged = state.keys != nil && state.keys?.json != keys.json
                state.keys = keys
                state.fetchedAt = now
                state.isProvisional = !isCurrent
                if !isCurrent { state.retryFrom = now + limits.failureInterval }
            case .failure(is CancellationError):
                // The caller went away; the source may be well. One of those who wait takes over.
                break
            case .failure:
                state.retryFrom = now + limits.failureInterval
            }
            state.isFetching = false
            let waiters = state.waiters
            state.waiters = []
            return (waiters, hasChanged)
        }
        if hasChanged { onChange() }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the fetch under way, which its source bounds; also when cancelled.
    private func waitForFetch() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.isFetching else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private static let unavailable = ServiceError(
        .unavailable, "token-keys-unavailable",
        "Tokens cannot be checked now, since the issuer's keys cannot be reached; try again shortly.",
        retryAfter: .seconds(2))
}
