public import FlotillaCore
internal import Synchronization

/// The last good answer of a callee, kept for the time when it cannot answer (cached-answer fallback).
///
/// One value and its age; bounded by what the value holds. Safe to share between tasks.
public final class LastAnswer<Value: Sendable>: Sendable {
    private struct Kept: Sendable {
        var value: Value
        var at: Duration
    }

    private let ageMax: Duration
    private let time: any TimeSource
    private let kept = Mutex<Kept?>(nil)

    /// - Parameter ageMax: an older answer is worse than none and is not given out.
    public init(ageMax: Duration, time: any TimeSource) {
        self.ageMax = ageMax
        self.time = time
    }

    /// Takes the place of the answer before.
    public func keep(_ value: Value) {
        let now = time.uptime
        kept.withLock { $0 = Kept(value: value, at: now) }
    }

    /// The last answer and how old it is; nil when there is none, or none young enough.
    public func recall() -> (value: Value, age: Duration)? {
        let now = time.uptime
        return kept.withLock { kept in
            guard let kept, now - kept.at <= ageMax else { return nil }
            return (kept.value, now - kept.at)
        }
    }
}

extension CallGuard {
    /// Makes a call and keeps its answer; when the callee cannot answer, answers what it said last.
    ///
    /// - Throws: as ``run(_:isIdempotent:_:)`` when there is no last answer that is young enough.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, orLast last: LastAnswer<T>,
        _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async throws -> T {
        try await run(context) { context in
            let value = try await body(context)
            last.keep(value)
            return value
        } fallback: { error in
            guard let known = last.recall() else { throw error }
            return known.value
        }
    }
}
