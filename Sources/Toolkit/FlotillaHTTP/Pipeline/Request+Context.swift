public import FlotillaCore
internal import HTTPTypes

extension Request {
    /// The context of the work this request asks for: its trace goes on, or a new one starts.
    ///
    /// - Parameter timeout: the longest it may take; the caller's own deadline can only shorten it.
    package func context(_ world: World, timeout: Duration) -> CallContext {
        let trace = RequestTrace(
            traceparent: headers[.traceparent], traceID: headers[.traceID], spanID: headers[.spanID],
            correlationID: headers[.correlationID], world)
        return CallContext(
            trace: trace.trace, correlationID: trace.correlationID, deadline: deadline(world, timeout: timeout))
    }

    /// By when the work must be done: `timeout` from now, or as much sooner as the caller says.
    package func deadline(_ world: World, timeout: Duration) -> Deadline {
        var deadline = Deadline(in: timeout, on: world.time)
        if let mine = self.deadline { deadline = min(deadline, mine) }
        if let text = headers[.requestTimeout], let milliseconds = Int64(text), milliseconds >= 0 {
            deadline = deadline.shortened(to: .milliseconds(min(milliseconds, 86_400_000)), on: world.time)
        }
        return deadline
    }

    /// Makes this request part of a call: trace, correlation, caller's token and deadline.
    public mutating func carry(_ context: CallContext) {
        headers[.traceparent] = context.trace.traceparent
        headers[.traceID] = context.trace.traceID
        headers[.spanID] = context.trace.spanID
        headers[.parentSpanID] = context.trace.parentSpanID
        headers[.correlationID] = context.correlationID
        if let token = context.token { headers[.authorization] = "Bearer \(token.exposed)" }
        deadline = context.deadline
    }
}
