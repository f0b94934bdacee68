public import FlotillaCore

/// A payload that is to be sent: what a handler returns. The outbox adds the rest of the envelope.
public struct Outgoing: Sendable {
    public var type: String
    public var subject: String
    public var data: [UInt8]
    /// Which saga's step it belongs to; nil: the one of the message that is being handled.
    public var saga: String?

    /// - Parameter subject: the ID of the thing it is about; messages of one subject keep their order.
    /// - Throws: when the payload cannot be encoded.
    public init(_ payload: some MessagePayload, subject: String, saga: String? = nil) throws {
        self.type = Swift.type(of: payload).messageType
        self.subject = subject
        self.data = try payload.messageBytes()
        self.saga = saga
    }

    /// A payload that is encoded already.
    public init(type: String, subject: String, data: [UInt8], saga: String? = nil) {
        self.type = type
        self.subject = subject
        self.data = data
        self.saga = saga
    }
}

/// What caused messages to be sent: a call from outside or another message.
public struct Cause: Sendable {
    public var traceparent: String
    public var correlationID: String
    public var causationID: String
    public var saga: String

    /// A call: the messages become part of its trace.
    public init(_ context: CallContext) {
        traceparent = context.trace.traceparent
        correlationID = context.correlationID
        causationID = ""
        saga = ""
    }

    /// A message: what follows from it keeps its trace, its correlation and its saga.
    public init(_ message: Message) {
        traceparent = message.traceparent
        correlationID = message.correlationID
        causationID = message.id
        saga = message.saga
    }

    public init(traceparent: String, correlationID: String, causationID: String = "", saga: String = "") {
        self.traceparent = traceparent
        self.correlationID = correlationID
        self.causationID = causationID
        self.saga = saga
    }
}
