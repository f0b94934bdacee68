internal import FlotillaRPC
internal import GRPCCore
internal import GRPCProtobuf
internal import SwiftProtobuf

typealias Text = Google_Protobuf_StringValue

/// A gRPC service with one method that does what the test wants.
struct SayService: RegistrableRPCService {
    static let service = ServiceDescriptor(fullyQualifiedService: "test.v1.Ear")
    static let say = MethodDescriptor(service: service, method: "Say")

    let answer: @Sendable (String, RPCServerContext) async throws -> String

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: Self.say, deserializer: ProtobufDeserializer<Text>(), serializer: ProtobufSerializer<Text>()
        ) { request, context in
            let request = try await ServerRequest(stream: request)
            let reply = try await answer(request.message.value, context)
            return StreamingServerResponse(single: ServerResponse(message: Text(reply)))
        }
    }
}

extension RPCMethod<Text, Text> {
    static var say: Self { Self(SayService.say) }
}
