internal import FlotillaCore
internal import Synchronization

/// A dependency that behaves badly in one way, as its callers meet it: with what it answers, when, on virtual time.
final class BadDependency: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Answers after 20 ms: what the rest is measured against.
        case healthy
        /// Nobody listens: the connection is refused at once.
        case refuses
        /// The connection breaks after 10 ms.
        case resets
        /// Takes the call and never answers.
        case hangs
        /// Two answers of 503, then it is well again.
        case burst
        /// Answers 500 every time: a defect, which no repetition mends.
        case broken
        /// Answers 503 and asks to come back after 2 s, every time.
        case busy
        /// Answers, ten times as late as usual.
        case slow
        /// Every other answer takes 400 ms, beginning with the first.
        case uneven
        /// Answers after 2 s, which is later than anybody waits.
        case late
        /// As `late`, and does not notice that nobody waits any more.
        case deaf
        /// Answers 409: the caller is wrong.
        case conflict
        /// Answers what cannot be decoded.
        case garbled
        /// Hangs for 2.5 s, then is well again.
        case heals
    }

    /// What no client describes: an answer that cannot be decoded.
    struct Garbled: Error {}

    private struct State {
        var attempts = 0
        var cut = 0
    }

    private let kind: Kind
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ kind: Kind, on time: any TimeSource) {
        self.kind = kind
        self.time = time
    }

    /// Attempts that reached it.
    var attempts: Int { state.withLock { $0.attempts } }
    /// Those that noticed that the caller stopped waiting.
    var cut: Int { state.withLock { $0.cut } }

    func answer() async throws -> String {
        let attempt = state.withLock { state in
            state.attempts += 1
            return state.attempts
        }
        switch kind {
        case .healthy: try await work(20)
        case .refuses: throw fault(.unavailable, "refused")
        case .resets:
            try await work(10)
            throw fault(.unavailable, "reset")
        case .hangs: try await hang()
        case .burst:
            try await work(20)
            if attempt <= 2 { throw fault(.unavailable, "503") }
        case .broken:
            try await work(20)
            throw fault(.internal, "500")
        case .busy:
            try await work(20)
            throw fault(.unavailable, "503", retryAfter: .seconds(2))
        case .slow: try await work(200)
        case .uneven: try await work(attempt % 2 == 1 ? 400 : 20)
        case .late: try await work(2_000)
        case .deaf: await workWithoutListening(2_000)
        case .conflict:
            try await work(20)
            throw fault(.conflict, "409")
        case .garbled:
            try await work(20)
            throw Garbled()
        case .heals:
            if time.uptime < .milliseconds(2_500) { try await hang() }
            try await work(20)
        }
        return "ok"
    }

    private func work(_ milliseconds: Int) async throws {
        do {
            try await time.sleep(for: .milliseconds(milliseconds))
        } catch {
            state.withLock { $0.cut += 1 }
            throw error
        }
    }

    private func hang() async throws { try await work(3_600_000) }

    private func workWithoutListening(_ milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            // Nobody turns it off: that is what it is about.
            _ = time.alarm(after: .milliseconds(milliseconds)) { continuation.resume() }
        }
    }

    private func fault(_ kind: ErrorKind, _ slug: String, retryAfter: Duration? = nil) -> ServiceError {
        ServiceError(kind, slug, "Made by a test.", retryAfter: retryAfter)
    }
}
