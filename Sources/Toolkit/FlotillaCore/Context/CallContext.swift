/// What travels with every call and message: the trace, the correlation, the caller and the deadline.
///
/// It is passed as an argument, never found in a task-local or a global, so that it can be seen
/// in a signature whether a piece of code keeps the chain.
public struct CallContext: Sendable {
    public var trace: TraceContext
    /// Ties together what belongs to one customer's action, across traces (`X-Correlation-ID`).
    public var correlationID: String
    /// The verified caller; nil for anonymous calls.
    public var principal: Principal?
    /// The caller's token as it came, to be forwarded; never logged.
    public var token: Secret?
    public var deadline: Deadline

    public init(
        trace: TraceContext, correlationID: String, principal: Principal? = nil, token: Secret? = nil,
        deadline: Deadline
    ) {
        self.trace = trace
        self.correlationID = correlationID
        self.principal = principal
        self.token = token
        self.deadline = deadline
    }

    /// The start of a chain: a new trace that is its own correlation.
    public static func root(_ world: World, timeout: Duration) -> CallContext {
        let trace = TraceContext.root(world.random)
        return CallContext(
            trace: trace, correlationID: trace.traceID, deadline: Deadline(in: timeout, on: world.time))
    }

    /// The same chain, one span deeper.
    public func child(_ world: World) -> CallContext {
        var copy = self
        copy.trace = trace.child(world.random)
        return copy
    }
}

/// A value that must not appear in a log, an error or a description.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself: call it only where it is used.
    public let exposed: String

    public init(_ value: String) { exposed = value }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
