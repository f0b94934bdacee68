/// How long and how much a ``HTTP2Caller`` waits for.
public struct HTTP2Limits: Sendable, Hashable {
    /// How long a connection may take to be made.
    public var connectTimeout: Duration
    /// Longer messages are refused unread.
    public var messageBytesMax: Int
    /// Heads and trailers may be so long.
    public var headBytesMax: Int

    public init(
        connectTimeout: Duration = .seconds(1), messageBytesMax: Int = 4 << 20, headBytesMax: Int = 16 << 10
    ) {
        self.connectTimeout = connectTimeout
        self.messageBytesMax = messageBytesMax
        self.headBytesMax = headBytesMax
    }
}
