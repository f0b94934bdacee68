internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// The last requests that were refused, so that people can be told why.
///
/// Bounded in number and in what it costs: what was refused is explained in full at most 50 times in a second, so that
/// whoever sends nothing but refused requests does not buy explanations with them. Safe to share.
final class RefusalLog: Sendable {
    /// One refused request. It holds no secret.
    struct Entry: Sendable, Hashable {
        var time: Timestamp
        /// The route's name; empty when there was none.
        var route: String
        /// Method and path, without the query.
        var request: String
        /// The policy that refused it: `access`, `quota`.
        var policy: String
        var slug: String
        var reason: String
        /// Nil: nobody who is known.
        var callerID: String?
        var traceID: String
        /// Nil where there was too much to explain.
        var explanation: AccessExplanation?
    }

    /// Refusals that are kept.
    static let countMax = 200
    private static let explained = TokenBucket.Limit(50, per: .seconds(1))

    private struct State {
        var entries: [Entry] = []
        var next = 0
        var total = 0
        var explaining = TokenBucket()
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    /// Refusals so far, kept or not.
    var total: Int { state.withLock { $0.total } }

    /// Keeps a refusal.
    ///
    /// - Parameters:
    ///   - policy: that refused it, as ``AccessRefusal/Policy`` or the word of another policy.
    ///   - request: method and path, without the query.
    ///   - explain: called at most once, when there is leave to explain.
    func add(
        _ error: any DescribedError, by policy: String, route: String, request: String, caller: Caller?,
        traceID: String, explain: () -> AccessExplanation? = { nil }
    ) {
        let now = time.uptime
        let mayExplain = state.withLock { $0.explaining.take(limit: Self.explained, now: now).isAllowed }
        let explanation = mayExplain ? explain() : nil
        let reason = explanation.map(\.reason) ?? ""
        let entry = Entry(
            time: time.now, route: route, request: AccessExplanation.shown(request), policy: policy, slug: error.slug,
            reason: reason.isEmpty ? error.detail : reason,
            callerID: caller.map { AccessExplanation.shown($0.id) }, traceID: traceID, explanation: explanation)
        state.withLock { state in
            state.total += 1
            if state.entries.count < Self.countMax {
                state.entries.append(entry)
            } else {
                state.entries[state.next] = entry
                state.next = (state.next + 1) % Self.countMax
            }
        }
    }

    /// What is kept, the last first.
    ///
    /// - Parameters:
    ///   - traceID: of this request only; nil: of all.
    ///   - limit: so many at most.
    func entries(traceID: String? = nil, limit: Int = countMax) -> [Entry] {
        let all = state.withLock { state in state.entries[state.next...] + state.entries[..<state.next] }
        return Array(all.reversed().filter { traceID == nil || $0.traceID == traceID }.prefix(max(0, limit)))
    }
}
