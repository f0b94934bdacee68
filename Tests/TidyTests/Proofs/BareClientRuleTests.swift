internal import Testing

@Suite("Tidy: bare clients") struct BareClientRuleTests {
    private static let service = "Sources/Shop/ShopOrders/Adapters/A.swift"

    private func found(_ code: String, path: String = Self.service) -> [Int] {
        BareClientRule().findings(in: SourceText(path, code)).map(\.line)
    }

    @Test("a client, consumer, database or policy that a service makes by hand is found", arguments: [
        "let channel = RPCChannel(to: \"catalog\", on: exchange, policies: own, telemetry: telemetry)",
        "let client = GRPCClient(transport: transport)", "let stub = CatalogService.Client(wrapping: client)",
        "let client = HTTPClient(eventLoopGroupProvider: .singleton)", "HTTPClient.shared.execute(request)",
        "let carrier = RemoteResponder(baseURL: url)", "URLSession.shared.data(from: url)",
        "let orders = directory.responder(for: \"orders\")", "let descriptor = socket(AF_INET, SOCK_STREAM, 0)",
        "let mine = try Database(path: path, migrations: [], world: world)",
        "let consumer = Consumer(interest: interest, handlers: [])", "let registry = PolicyRegistry(world: world)",
        "let policy = CallPolicy(name: \"mine\", timeout: .seconds(90))", "retry: RetryPolicy(attemptsMax: 9)",
        "policy: RedeliveryPolicy(attemptsMax: 3)",
    ])
    func bare(code: String) { #expect(found("\n" + code + "\n") == [2]) }

    @Test("what goes through the policies is not found", arguments: [
        "let channel = needs.channel(to: \"catalog\")",
        "let reply = try await channel.unary(.getProducts, request, context)",
        "let order = try await upstream.get(\"orders\", path, context)", "let database = needs.database",
        "// RPCChannel(to: \"catalog\")", "let text = \"HTTPClient(\"", "struct OrderConsumer {}",
        "let rows = try await needs.database.read { try $0.query(sql) }", "func makeDatabase() {}",
    ])
    func guarded(code: String) { #expect(found(code) == []) }

    @Test("in the toolkit the bare call is made in one place, inside the guard")
    func toolkit() {
        let call = "return try await link.carry(from: caller, to: callee, method: name, exchange)"
        #expect(found(call, path: "Sources/Toolkit/FlotillaRPC/Calls/RPCChannel.swift") == [])
        #expect(found(call, path: "Sources/Toolkit/FlotillaRPC/Calls/Shortcut.swift") == [1])
        let send = "response = try await distant.send(request)"
        #expect(found(send, path: "Sources/Toolkit/FlotillaGateway/Upstreams/ServiceCalls.swift") == [])
        #expect(found(send, path: "Sources/Toolkit/FlotillaGateway/Gateway.swift") == [1])
        let keys = "let answer = await fleet.responder(for: \"users\")?.respond(to: request)"
        #expect(found(keys, path: "Sources/Toolkit/FlotillaRuntime/Fleet/FleetKeys.swift") == [])
        #expect(found(keys, path: "Sources/Toolkit/FlotillaRuntime/Fleet/Fleet.swift") == [1])
    }

    @Test("tests, generated code and the world outside that a simulation plays are left alone")
    func elsewhere() {
        let code = "let mine = try Database(path: path, migrations: [], world: world)"
        #expect(found(code, path: "Tests/ShopOrdersTests/A.swift") == [])
        #expect(found(code, path: "Sources/Shop/ShopContractsRPC/Users/user.grpc.swift") == [])
        #expect(found(code, path: "Sources/Shop/ShopSimulation/Workload/A.swift") == [])
    }
}
