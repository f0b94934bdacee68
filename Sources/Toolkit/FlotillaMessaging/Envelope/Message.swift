public import FlotillaCore

/// A command or an event on its way: a CloudEvents 1.0 envelope around a payload's bytes.
///
/// Immutable and shared, so that handing it to several consumers copies nothing.
public final class Message: Sendable {
    /// Unique per source (CloudEvents `id`).
    public let id: String
    /// The service that sent it (CloudEvents `source`).
    public let source: String
    /// The payload's versioned name (CloudEvents `type`): `shop.orders.order-created.v1`.
    public let type: String
    /// The ID of the thing it is about (CloudEvents `subject`). Messages of one subject keep their order.
    public let subject: String
    public let time: Timestamp
    /// The payload's bytes, protobuf unless the type says otherwise.
    public let data: [UInt8]
    /// W3C trace context of the span that sent it.
    public let traceparent: String
    public let correlationID: String
    /// The ID of the message that caused this one; empty at the start of a chain.
    public let causationID: String
    /// Which saga's step this message belongs to; travels from a command to its replies. Empty: none.
    public let saga: String

    public init(
        id: String, source: String, type: String, subject: String, time: Timestamp, data: [UInt8],
        traceparent: String, correlationID: String, causationID: String = "", saga: String = ""
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.data = data
        self.traceparent = traceparent
        self.correlationID = correlationID
        self.causationID = causationID
        self.saga = saga
    }
}

extension Message {
    /// The same message as caused by another span: what a handler sees, so that what it causes hangs below
    /// its own span.
    func traced(_ trace: TraceContext) -> Message {
        Message(
            id: id, source: source, type: type, subject: subject, time: time, data: data,
            traceparent: trace.traceparent, correlationID: correlationID, causationID: causationID, saga: saga)
    }
}

/// A message with its place in its producer's log: 1, 2, 3 … with gaps.
public struct SequencedMessage: Sendable {
    public let sequence: Int64
    public let message: Message

    public init(sequence: Int64, message: Message) {
        self.sequence = sequence
        self.message = message
    }
}
