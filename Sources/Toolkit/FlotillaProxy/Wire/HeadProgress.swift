/// What a parser of heads says after each look at the bytes.
public enum HeadProgress: Sendable, Hashable {
    /// More bytes are needed; so far nothing is wrong.
    case incomplete
    /// The head is whole and takes `consumed` bytes; what follows belongs to the body or to the next message.
    case head(consumed: Int)
    /// It is no message that may be passed on.
    case refused(WireRefusal)
}
