/// Where a message's body ends, decided once and strictly from its head (RFC 9112 §6.3).
public enum BodyFraming: Sendable, Hashable {
    /// There is none: the next message begins right behind the head.
    case none
    /// As many bytes follow; 0 when the head says so explicitly.
    case length(Int)
    /// Chunks follow, for a ``ChunkedDecoder``.
    case chunked
    /// Everything until the sender closes; answers only.
    case untilClose

    /// Whether no byte of a body follows.
    public var isEmpty: Bool { self == .none || self == .length(0) }
}
