public import GRPCCore
public import SwiftProtobuf

/// One method of a gRPC service, with the types of its request and its reply.
///
/// Declared once beside the generated stubs, so that callers write `channel.unary(.getProducts, request, context)`:
///
///     extension RPCMethod<GetProductsRequest, GetProductsReply> {
///         public static var getProducts: Self { Self(CatalogService.Method.GetProducts.descriptor) }
///     }
public struct RPCMethod<Request: Message, Reply: Message>: Sendable {
    let descriptor: MethodDescriptor

    /// - Parameter descriptor: the generated one; it must be of a unary method with these types.
    public init(_ descriptor: MethodDescriptor) { self.descriptor = descriptor }

    /// The method without its service: `GetProducts`.
    public var name: String { descriptor.method }
}
