public import FlotillaCore
public import GRPCCore

/// One gRPC service that a service of the fleet offers; listed among its parts.
///
///     struct CatalogRPC: CatalogServing {        // generated: one method for each rpc of the .proto file
///         func getProducts(request: GetProductsRequest, context: RPCServerContext) async throws -> GetProductsReply {
///             … context.call …
///         }
///     }
///     RPCService(CatalogRPC(…))
///
/// What a method throws reaches the caller with its kind, slug and detail when it is a ``DescribedError``;
/// of anything else the caller learns only that it was an internal error.
public struct RPCService: Sendable {
    let registrable: any RegistrableRPCService

    /// - Parameter service: what implements the generated protocol.
    public init(_ service: some RegistrableRPCService) { registrable = service }
}

/// What a method of a gRPC service is handed besides its request.
public typealias RPCServerContext = ServerContext

extension ServerContext {
    /// The call this one is part of: trace, correlation, verified caller, deadline.
    ///
    /// Its span is that of the server; pass it on to whatever the method calls. Only ``RPCHost`` runs
    /// methods with a call; without one it is a defect of the test that made the context by hand.
    public var call: CallContext { received.context }

    /// Which service of the fleet calls, by its name; nil when it did not say.
    public var callerService: String? { received.callerService }

    private var received: ReceivedCall {
        guard let received = transportSpecific as? ReceivedCall else {
            preconditionFailure("\(descriptor) runs outside an RPCHost: there is no call context")
        }
        return received
    }
}

/// How the call context gets from the interceptor to the method: in the slot gRPC leaves to transports.
struct ReceivedCall: ServerContext.TransportSpecific {
    var context: CallContext
    var callerService: String?
}
