internal import FlotillaCore
internal import Synchronization

/// A dependency that can serve so many a second and no more, and that can die and come back.
///
/// It serves one after another, in order of arrival, from a queue with room for some seconds of work; one more is
/// turned away. It works on whatever was asked, also when nobody waits for the answer any more: that is what lets
/// too much load last after its cause has gone (Bronson et al., "Metastable Failures in Distributed Systems",
/// HotOS 2021).
final class LimitedDependency: Sendable {
    /// How it is when it is dead.
    enum Death: String, CaseIterable, Sendable {
        /// Nobody listens: calls fail at once.
        case refuses
        /// It takes calls and never answers.
        case hangs
    }

    private struct State {
        var death: Death?
        /// When all that waits in its queue is done.
        var busyUntil = Duration.zero
    }

    private let time: any TimeSource
    private let serviceTime: Duration
    private let queueMax: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - perSecond: how many it can serve.
    ///   - queueMax: how much work may wait.
    init(perSecond: Int, queueMax: Duration = .seconds(10), time: any TimeSource) {
        self.time = time
        self.queueMax = queueMax
        serviceTime = .microseconds(1_000_000 / Int64(perSecond))
    }

    func die(_ death: Death) { state.withLock { $0.death = death } }

    /// It comes back with nothing in its queue.
    func comeBack() {
        let now = time.uptime
        state.withLock { state in
            state.death = nil
            state.busyUntil = now
        }
    }

    func serve() async throws {
        let now = time.uptime
        let patience: Duration = try state.withLock { state in
            switch state.death {
            case .refuses: throw ServiceError(.unavailable, "refused", "Nobody listens.")
            case .hangs: return .seconds(3_600)
            case nil: break
            }
            let begin = max(now, state.busyUntil)
            guard begin - now <= queueMax else { throw ServiceError(.unavailable, "queue-full", "Too much to do.") }
            state.busyUntil = begin + serviceTime
            return state.busyUntil - now
        }
        try await time.sleep(for: patience)
    }
}
