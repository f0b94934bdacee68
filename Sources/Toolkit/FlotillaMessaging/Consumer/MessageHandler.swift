public import FlotillaCore
public import FlotillaStorage

/// A message as a handler sees it.
public struct Delivery: Sendable {
    public let message: Message
    /// 1 for the first try.
    public let attempt: Int
    /// When this try began.
    public let now: Timestamp

    public init(message: Message, attempt: Int, now: Timestamp) {
        self.message = message
        self.attempt = attempt
        self.now = now
    }

    public var subject: String { message.subject }
}

/// What a service does about one type of message.
///
/// Synchronous, inside the transaction that also moves the watermark: its effect, the messages it
/// returns and the mark that it was handled are kept or lost together. It may run twice before
/// that commit, so it must touch nothing but the transaction. A refusal that belongs to the domain
/// is a message to return, not an error: a throw means "try again later, then a dead letter".
public struct MessageHandler: Sendable {
    public let type: String
    package let handle: @Sendable (Transaction, Delivery) throws -> [Outgoing]

    /// Handles messages that carry a `Payload`.
    public init<Payload: MessagePayload>(
        _ payload: Payload.Type,
        _ handle: @escaping @Sendable (Transaction, Payload, Delivery) throws -> [Outgoing]
    ) {
        type = Payload.messageType
        self.handle = { transaction, delivery in
            let decoded: Payload
            do {
                decoded = try Payload(messageBytes: delivery.message.data)
            } catch {
                throw UndecodableMessage(type: delivery.message.type, reason: String(describing: error))
            }
            return try handle(transaction, decoded, delivery)
        }
    }

    /// Handles messages of a type by their bytes.
    public init(
        type: String, _ handle: @escaping @Sendable (Transaction, Delivery) throws -> [Outgoing]
    ) {
        self.type = type
        self.handle = handle
    }

    /// A handler of the same messages that does something before, after or in place of this one: to measure it, to
    /// test what happens when it fails.
    ///
    /// - Parameter body: gets the original as its last argument; both run in the same transaction.
    public func wrapped(
        _ body: @escaping @Sendable (
            Transaction, Delivery, (Transaction, Delivery) throws -> [Outgoing]
        ) throws -> [Outgoing]
    ) -> MessageHandler {
        MessageHandler(type: type) { [handle] transaction, delivery in try body(transaction, delivery, handle) }
    }
}

/// The payload's bytes are not what its type says. Trying again cannot help.
public struct UndecodableMessage: Error, Sendable, CustomStringConvertible {
    public let type: String
    public let reason: String

    public var description: String { "the data is not a \(type): \(reason)" }
}
