internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization

/// The last good answers of services to what anybody may ask, for the time when they cannot answer, or there is
/// no room to ask them (stale-if-error, RFC 5861, section 4).
///
/// An old answer says so: `Age` (RFC 9111), `Cache-Status` with the reason (RFC 9211), and no cache on the way may keep
/// it. Bounded by number and bytes; the answer that was kept first goes first. Safe to share between tasks.
final class KeptAnswers: Sendable {
    static let countMax = 2_000
    static let bytesMax = 32 << 20
    /// A larger answer is not kept.
    static let answerBytesMax = 256 << 10
    /// An answer that was kept so recently is not kept anew: that would cost more than it is worth.
    private static let freshFor = Duration.seconds(1)

    fileprivate struct Kept: Sendable {
        var response: Response
        var size: Int
        var at: Duration
    }

    fileprivate struct State: Sendable {
        var answers: [String: Kept] = [:]
        /// Their targets in the order in which they came first; those before `head` are gone.
        var order: [String] = []
        var head = 0
        var bytes = 0
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    /// The answer of `forward`, or what it was last time if it fails now and the route allows it.
    ///
    /// - Throws: what `forward` throws, when nothing young enough is known.
    func answer(
        to request: Request, _ route: GatewayRoute, _ forward: () async throws -> Response
    ) async throws -> Response {
        guard let ageMax = route.staleMax, request.method == .get else { return try await forward() }
        do {
            let response = try await forward()
            if response.status == .ok {
                keep(response, for: request.target)
                return response
            }
            guard response.status.code >= 500 else { return response }
            return recall(request.target, ageMax, because: "answered-\(response.status.code)") ?? response
        } catch let error as any DescribedError where CallOutcome(kind: error.kind) == .failure {
            guard let old = recall(request.target, ageMax, because: error.slug) else { throw error }
            return old
        }
    }

    private func keep(_ response: Response, for target: String) {
        guard case .bytes(let bytes) = response.body, bytes.count <= Self.answerBytesMax else { return }
        let now = time.uptime
        state.withLock { state in
            let known = state.answers[target]
            if let known, now - known.at < Self.freshFor { return }
            var kept = Kept(response: response, size: bytes.count + target.utf8.count, at: now)
            // They tell of the call that was answered then.
            for name in [HTTPField.Name.traceID, .spanID, .correlationID] { kept.response.headers[name] = nil }
            if known == nil { state.order.append(target) }
            state.bytes += kept.size - (known?.size ?? 0)
            state.answers[target] = kept
            state.shrink()
        }
    }

    /// What was answered last, with its age and the reason; nil when nothing young enough is known.
    ///
    /// - Parameter reason: in the words of a slug: `overloaded`.
    func recall(_ target: String, _ ageMax: Duration, because reason: String) -> Response? {
        let now = time.uptime
        guard let kept = state.withLock({ $0.answers[target] }), now - kept.at <= ageMax else { return nil }
        var response = kept.response
        response.headers[.age] = String((now - kept.at).components.seconds)
        response.headers[.cacheStatus] = "gateway; hit; detail=\(reason)"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension KeptAnswers.State {
    /// Lets go of the oldest until the rest is within its bounds.
    fileprivate mutating func shrink() {
        while answers.count > KeptAnswers.countMax || bytes > KeptAnswers.bytesMax {
            if let gone = answers.removeValue(forKey: order[head]) { bytes -= gone.size }
            head += 1
        }
        if head >= KeptAnswers.countMax {
            order.removeFirst(head)
            head = 0
        }
    }
}
