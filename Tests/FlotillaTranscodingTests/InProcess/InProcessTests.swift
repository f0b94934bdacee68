internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaResilience
@testable internal import FlotillaTranscoding
internal import HTTPTypes
internal import ShopContracts
internal import ShopContractsRPC
internal import Testing

/// The Shop's services, which are called within the process, answer plain HTTP by their .proto files.
@Suite("REST to gRPC within the process", .timeLimit(.minutes(5))) struct InProcessTests {
    /// Answers as Catalog does: one product for each ID.
    private struct Products: CatalogServing {
        func getProducts(request: GetProductsRequest, context: RPCServerContext) async throws -> GetProductsReply {
            guard request.productIds.count <= 2 else {
                throw ServiceError(
                    .invalid, "too-many-products", "Ask for at most 2 products.",
                    fields: [FieldError(field: "productIds", message: "must have 1 to 2 elements")])
            }
            var reply = GetProductsReply()
            reply.products = request.productIds.map { id in
                var product = ProductSummary()
                product.productID = id
                product.found = id != "none"
                product.price.amount = 9_900
                product.price.currency = "USD"
                return product
            }
            return reply
        }
    }

    /// Calls over the transport of the toolkit.
    private struct ChannelCaller: GRPCCaller {
        let channel: RPCChannel

        func call(
            _ call: GRPCCall, _ context: CallContext, receive: @escaping @Sendable ([UInt8]) async throws -> Void
        ) async throws {
            try await receive(try await channel.unary(call.service, call.method, message: call.message, context))
        }
    }

    private func answer(_ body: String) async throws -> Response {
        let transcoder = try Transcoder(SchemaFixture.shop(), prefix: "/grpc", style: JSONStyle(printsDefaults: true))
        let world = World.manual()
        let telemetry = Telemetry.silent(service: "catalog", world: world)
        let exchange = RPCExchange()
        let host = RPCHost([RPCService(Products())], on: exchange, telemetry: telemetry)
        let channel = RPCChannel(
            to: "catalog", on: exchange, policies: PolicyRegistry(world: world),
            telemetry: telemetry.renamed("gateway"))
        let request = Request(
            .post, "/grpc/shop.catalog.v1.CatalogService/GetProducts",
            headers: [.contentType: "application/json"], body: Array(body.utf8))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            try await host.waitUntilRunning()
            defer { group.cancelAll() }
            return try await transcoder.respond(
                to: request, .root(world, timeout: .seconds(5)), through: ChannelCaller(channel: channel))
        }
    }

    @Test("JSON goes there and comes back")
    func products() async throws {
        let response = try await answer(#"{"productIds":["prod-1","none"]}"#)
        let json = try JSONValue(parsing: try await response.collect())
        #expect(json["products"]?[0]?["productId"] == "prod-1" && json["products"]?[0]?["found"] == true)
        #expect(json["products"]?[0]?["price"] == ["amount": "9900", "currency": "USD"])
        #expect(json["products"]?[1]?["found"] == false)
    }

    @Test("a problem keeps its kind, slug and fields")
    func problem() async throws {
        let error = try await #require(throws: ServiceError.self) {
            try await answer(#"{"product_ids":["a","b","c"]}"#)
        }
        #expect(error.kind == .invalid && error.slug == "too-many-products")
        #expect(error.fields.map(\.field) == ["productIds"])
    }
}
