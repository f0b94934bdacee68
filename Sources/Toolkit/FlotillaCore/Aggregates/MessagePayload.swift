/// What a message carries: a command, an event or a reply, with a stable name and a byte form.
///
/// The name is the CloudEvents `type`: `shop.orders.order-created.v1`. A shape that changes in a
/// way old readers cannot take gets a new version, never a new meaning.
public protocol MessagePayload: Sendable {
    /// The stable, versioned name of the shape.
    static var messageType: String { get }

    /// - Throws: when `bytes` is not such a message; the message then becomes a dead letter.
    init(messageBytes: [UInt8]) throws

    func messageBytes() throws -> [UInt8]
}
