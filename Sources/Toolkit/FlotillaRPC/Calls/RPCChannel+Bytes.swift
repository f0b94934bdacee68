public import FlotillaCore
internal import GRPCCore
internal import SwiftProtobuf

extension RPCChannel {
    /// Asks once and gets one answer, both as they stand on the wire: for callers that know the types as data only.
    ///
    /// - Parameters:
    ///   - service: with its package: `shop.catalog.v1.CatalogService`.
    ///   - message: the request, serialized.
    /// - Throws: as ``unary(_:_:_:isIdempotent:)``; `malformed-message` when the bytes are no message.
    public func unary(
        _ service: String, _ method: String, message: [UInt8], _ context: CallContext, isIdempotent: Bool = false
    ) async throws -> [UInt8] {
        let descriptor = MethodDescriptor(fullyQualifiedService: service, method: method)
        let request: UntypedMessage
        do {
            request = try UntypedMessage(serializedBytes: message)
        } catch {
            throw ServiceError(.malformed, "malformed-message", "The bytes are no protobuf message.", cause: error)
        }
        let reply = try await unary(
            RPCMethod<UntypedMessage, UntypedMessage>(descriptor), request, context, isIdempotent: isIdempotent)
        return try reply.serializedBytes()
    }
}

/// A message without fields of its own: all that it is read from stays, in its order, as what is unknown.
private typealias UntypedMessage = Google_Protobuf_Empty
