internal import Synchronization

/// The valid tokens seen lately, by SHA-256, so that the memory holds no token that could be used.
final class TokenCache: Sendable {
    private struct State {
        var entries: LRUCache<SecretDigest, VerifiedToken>
        var generation = 0
    }

    private let state: Mutex<State>

    init(countMax: Int) { state = Mutex(State(entries: LRUCache(countMax: countMax))) }

    var count: Int { state.withLock { $0.entries.count } }

    /// Counts how often everything was forgotten.
    var generation: Int { state.withLock { $0.generation } }

    func value(for digest: SecretDigest) -> VerifiedToken? {
        state.withLock { $0.entries.value(for: digest) }
    }

    /// Remembers a token, unless the keys it was checked with have been replaced meanwhile.
    func insert(_ token: VerifiedToken, for digest: SecretDigest, ifStill generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.entries.insert(token, for: digest)
        }
    }

    func remove(_ digest: SecretDigest) { state.withLock { $0.entries.remove(digest) } }

    func removeAll() {
        state.withLock { state in
            state.entries.removeAll()
            state.generation += 1
        }
    }
}
