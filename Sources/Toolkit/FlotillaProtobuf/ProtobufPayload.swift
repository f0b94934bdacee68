public import FlotillaCore
public import SwiftProtobuf

/// A protobuf message that travels as a ``MessagePayload``: give it a name, the bytes are protobuf's.
///
///     extension OrderCreated: ProtobufPayload {
///         public static let messageType = "shop.orders.order-created.v1"
///     }
public protocol ProtobufPayload: MessagePayload, SwiftProtobuf.Message {}

extension ProtobufPayload {
    public init(messageBytes: [UInt8]) throws { try self.init(serializedBytes: messageBytes) }

    /// Deterministic, so that the same message gives the same bytes in a replay.
    public func messageBytes() throws -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        return try serializedBytes(options: options)
    }
}
