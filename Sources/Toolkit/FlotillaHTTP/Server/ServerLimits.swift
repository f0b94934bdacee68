/// What an ``HTTPServer`` puts up with.
public struct ServerLimits: Sendable, Hashable {
    /// A longer body is answered 413.
    public var bodyBytesMax = 1 << 20
    /// How long a body may take to arrive; then 408.
    public var bodyTimeout: Duration = .seconds(30)
    /// Longer path and query together are answered 414 (RFC 9112, section 3, wants at least 8,000 bytes).
    public var targetBytesMax = 8 << 10
    /// Request line and header fields together; more is answered 431, or 414 when the line alone is more.
    public var headerBytesMax = 32 << 10
    /// Header fields at most; more is answered 431.
    public var headerCountMax = 100
    /// Connections open at once; more wait in the operating system's queue.
    public var connectionsMax = 16_384
    /// A connection on which nothing happens for so long is closed.
    public var idleTimeout: Duration = .seconds(60)
    /// How long requests under way may take to finish after the server was told to stop.
    public var drainTimeout: Duration = .seconds(10)

    public init() {}
}
