internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization

extension RouteCache {
    /// So long others wait for a body that passes to one client: a slow one must not hold up all.
    static let streamWaitMax = Duration.milliseconds(250)

    /// Passes a stream on as it comes, and keeps it when all of it has come.
    func tee(
        _ write: @Sendable (any ResponseBodyWriter) async throws -> Void, to writer: any ResponseBodyWriter,
        _ answer: StoredAnswer, _ errand: Errand, _ lead: FlightLead?
    ) async throws {
        defer { lead?.end() }
        let tee = TeeBodyWriter(writer, cache)
        defer { tee.release() }
        try await write(tee)
        guard let bytes = tee.whole else { return }
        let whole = StoredAnswer(answer, body: bytes)
        _ = cache.keep(errand.key, whole, since: errand.changes) { errand.request.joined($0) }
    }
}

/// Passes a body on and keeps a copy of it, within bounds; a body that goes beyond them is passed on all the same.
private final class TeeBodyWriter: ResponseBodyWriter {
    private struct State {
        var bytes: [UInt8] = []
        /// Of the cache's room for bodies under way.
        var reserved = 0
        var isTooLong = false
    }

    private let writer: any ResponseBodyWriter
    private let cache: AnswerCache
    private let state = Mutex(State())

    init(_ writer: any ResponseBodyWriter, _ cache: AnswerCache) {
        self.writer = writer
        self.cache = cache
    }

    /// All bytes that were written; nil when there were too many.
    var whole: [UInt8]? { state.withLock { $0.isTooLong ? nil : $0.bytes } }

    func write(_ bytes: [UInt8]) async throws {
        state.withLock { state in
            guard !state.isTooLong else { return }
            let isTooLong = state.bytes.count + bytes.count > cache.plan.answerBytesMax
            if isTooLong || !cache.reserve(bytes.count) {
                state.isTooLong = true
                state.bytes = []
                cache.release(state.reserved)
                state.reserved = 0
            } else {
                state.reserved += bytes.count
                state.bytes += bytes
            }
        }
        try await writer.write(bytes)
    }

    /// The room is free again.
    func release() {
        let reserved = state.withLock { state in
            defer { state.reserved = 0 }
            return state.reserved
        }
        cache.release(reserved)
    }
}
