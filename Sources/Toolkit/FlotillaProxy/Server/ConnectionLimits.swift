/// What a ``LoopServer`` puts up with.
public struct ConnectionLimits: Sendable, Hashable {
    /// A longer body is refused (413).
    public var bodyBytesMax = 1 << 20
    /// How long a body may take to arrive; then the request is refused (408).
    public var bodyTimeout: Duration = .seconds(30)
    /// A longer target is refused (414).
    public var targetBytesMax = 8 << 10
    /// Request line and header fields together; more is refused (431, or 414 when it is the line).
    public var headBytesMax = 32 << 10
    /// Header fields at most; more is refused (431).
    public var fieldsMax = 100
    /// How long a head may take from its first byte to its last; then the request is refused (408). Whoever sends a
    /// byte now and then keeps a connection no longer than this (slow loris).
    public var headTimeout: Duration = .seconds(10)
    /// Connections open at once, of all threads. When one more comes, or the system has no descriptor left for it,
    /// those make room that have asked for nothing for longest, as in nginx (`worker_connections`): they are closed as
    /// if their time were up. Those with a request or a part of one stay. When all have one, more wait in the
    /// operating system's queue until one closes or becomes idle, as in HAProxy (`maxconn`). So nobody is refused.
    public var connectionsMax = 16_384
    /// A connection on which nothing happens for so long is closed: no request comes, or no answer is read.
    public var idleTimeout: Duration = .seconds(60)
    /// How long requests under way may take to finish after the server was told to stop.
    public var drainTimeout: Duration = .seconds(10)

    /// How much of a refused body is read and thrown away, so that its sender gets to read the refusal.
    static let refusedBytesMax = 4 << 20
    /// How long after the last answer what still comes is thrown away.
    static let lingerTimeout = Duration.seconds(2)
    /// Of answers that wait to be read by the client, for each connection; then no further request is looked at.
    static let outputBytesMax = 256 << 10

    public init() {}
}
