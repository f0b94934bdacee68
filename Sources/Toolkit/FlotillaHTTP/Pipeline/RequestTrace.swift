package import FlotillaCore

/// The trace and the correlation that a request belongs to, by its header: what came goes on, else new ones start.
package struct RequestTrace {
    package let trace: TraceContext
    package let correlationID: String

    /// - Parameters:
    ///   - traceparent: the field of W3C Trace Context.
    ///   - traceID: with `spanID` the pair of fields people use; looked at when there is no valid `traceparent`.
    package init(
        traceparent: String?, traceID: @autoclosure () -> String?, spanID: @autoclosure () -> String?,
        correlationID: String?, _ world: World
    ) {
        var parent = traceparent.flatMap { TraceContext(traceparent: $0) }
        if parent == nil, let traceID = traceID(), let spanID = spanID() {
            parent = TraceContext(traceparent: "00-\(traceID)-\(spanID)-01")
        }
        trace = parent?.child(world.random) ?? TraceContext.root(world.random)
        let correlation = correlationID.flatMap { $0.isVisibleASCII(lengthMax: 128) ? $0 : nil }
        self.correlationID = correlation ?? trace.traceID
    }
}
