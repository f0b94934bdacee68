/// What a ``ChunkedDecoder`` found in the bytes it was given. The caller consumes what it says and asks again.
public enum ChunkStep: Sendable, Hashable {
    /// All bytes given were part of sizes, line ends or trailers; more are needed.
    case incomplete(consumed: Int)
    /// `range` of the bytes given is payload; consume up to its end.
    case payload(Range<Int>)
    /// The body is whole; what follows `consumed` bytes belongs to the next message.
    case end(consumed: Int)
    /// It is no chunked body that may be passed on.
    case refused(WireRefusal)
}
