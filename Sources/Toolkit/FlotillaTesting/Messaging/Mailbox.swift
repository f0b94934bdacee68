public import FlotillaMessaging
internal import Synchronization

/// Keeps messages that handlers saw, for a look at their envelopes. A handler may run twice.
public final class Mailbox: Sendable {
    private let state = Mutex<[Message]>([])

    /// Begins empty.
    public init() {}

    /// What was kept, in order.
    public var messages: [Message] { state.withLock { $0 } }

    /// Keeps one more.
    public func keep(_ message: Message) { state.withLock { $0.append(message) } }
}
