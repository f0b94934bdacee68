internal import FlotillaCore
internal import Synchronization

/// The latest finished spans, found by trace or by what they are like.
///
/// Bounded: the oldest span goes first. Shared by all services of a process, so that a trace across
/// services is whole; callable from any thread.
public final class SpanStore: Sendable {
    private struct State {
        var ring: Ring<Span>
        /// Positions in the ring of each trace's spans, ascending.
        var positions: [String: [UInt64]] = [:]

        /// The evicted span is always the oldest of its trace.
        mutating func forget(_ traceID: String) {
            guard var rest = positions[traceID] else { return }
            rest.removeFirst()
            positions[traceID] = rest.isEmpty ? nil : rest
        }
    }

    private let state: Mutex<State>
    /// Whether it keeps any.
    let keepsSpans: Bool

    /// - Parameter capacity: how many spans are kept, up to 1,000,000; about 0.5 KiB each. 0: none, and none are made.
    public init(capacity: Int = 10_000) {
        keepsSpans = capacity > 0
        state = Mutex(State(ring: Ring(capacity: max(1, capacity))))
    }

    /// Stores a span as it is; ``Telemetry/recordSpan(_:)`` samples and redacts.
    public func record(_ span: Span) {
        guard keepsSpans else { return }
        state.withLock { state in
            let position = state.ring.appendedCount
            if let evicted = state.ring.append(span) { state.forget(evicted.traceID) }
            state.positions[span.traceID, default: []].append(position)
        }
    }

    /// The spans of one trace still here, by their start.
    public func trace(_ traceID: String) -> [Span] {
        let spans = state.withLock { state in
            (state.positions[traceID] ?? []).compactMap { state.ring[$0] }
        }
        return spans.sorted { ($0.start, $0.spanID) < ($1.start, $1.spanID) }
    }

    /// The kept spans that fit `query`, in the order they finished; of more than `query.limit` the latest.
    public func spans(_ query: SpanQuery = SpanQuery()) -> [Span] {
        if let traceID = query.traceID {
            return Array(trace(traceID).filter(query.matches).suffix(query.limit))
        }
        return state.withLock { $0.ring.latest(query.limit, where: query.matches) }
    }

    /// The traces that have a span fitting `query`, those that finished last first.
    public func traces(_ query: SpanQuery = SpanQuery()) -> [TraceSummary] {
        var wide = query
        wide.limit = SpanQuery.limitMax
        var seen: Set<String> = []
        var summaries: [TraceSummary] = []
        for span in spans(wide).reversed() where seen.insert(span.traceID).inserted {
            if let summary = TraceSummary(trace(span.traceID)) { summaries.append(summary) }
            if summaries.count == query.limit { break }
        }
        return summaries
    }

    /// Spans recorded after the first `position` ones, and the position to go on from: for exporters.
    ///
    /// Spans that left the ring meanwhile are missing.
    public func spans(after position: UInt64, limit: Int) -> (spans: [Span], next: UInt64) {
        let part = state.withLock { $0.ring.elements(after: position, limit: limit) }
        return (part.elements, part.next)
    }

    /// How many spans were recorded since the start.
    public var recordedCount: UInt64 { state.withLock { $0.ring.appendedCount } }
}
