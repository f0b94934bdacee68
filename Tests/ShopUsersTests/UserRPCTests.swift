internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaSecurity
internal import ShopContracts
internal import ShopContractsRPC
internal import Testing

@testable internal import ShopUsers

@Suite struct UserRPCTests {
    /// Calls `GetUser` as somebody; the error's slug when it is refused.
    private func getUser(
        _ id: String, as principal: Principal?, _ bench: UsersBench
    ) async throws -> Result<UserProfile, ServiceError> {
        let exchange = RPCExchange()
        let host = RPCHost(bench.parts.rpc, on: exchange, telemetry: bench.telemetry) { token in
            try await bench.verifier.verify(token)
        }
        let channel = RPCChannel(
            to: "users", on: exchange, policies: PolicyRegistry(world: bench.world),
            telemetry: bench.telemetry.renamed("orders"))
        var call = CallContext.root(bench.world, timeout: .seconds(5))
        if let principal {
            call.token = try await bench.context.tokens.issue(principal: principal, lifetime: .seconds(60))
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            while !host.isRunning { await Task.yield() }
            defer { group.cancelAll() }
            do {
                let method = RPCMethod<GetUserRequest, UserProfile>(UserService.Method.GetUser.descriptor)
                return .success(try await channel.unary(method, GetUserRequest { $0.userID = id }, call))
            } catch let error as ServiceError {
                return .failure(error)
            }
        }
    }

    @Test("services, owners and staff get a profile")
    func profile() async throws {
        let bench = try await UsersBench(texts: ["demoUsers": "on"])
        let callers: [Principal?] = [
            nil, Principal(id: "demo-ada", role: .customer), Principal(id: "orders", role: .service),
            Principal(id: "s", role: .support, region: "eu"), Principal(id: "a", role: .admin),
        ]
        for caller in callers {
            let profile = try await getUser("demo-ada", as: caller, bench).get()
            #expect(profile.email == "ada@shop.example")
            #expect(profile.name == "Ada Lovelace")
            #expect(profile.role == "customer" && profile.tier == "free" && profile.region == "eu")
            #expect(profile.isActive)
        }
    }

    @Test("others are told that there is no such user, as of one who does not exist")
    func refused() async throws {
        let bench = try await UsersBench(texts: ["demoUsers": "on"])
        let calls: [(String, Principal?)] = [
            ("demo-ada", Principal(id: "demo-grace", role: .customer)),
            ("demo-ada", Principal(id: "s", role: .support, region: "us")),
            ("nobody", nil), ("", nil), ("not an id", nil),
        ]
        for (id, caller) in calls {
            guard case .failure(let error) = try await getUser(id, as: caller, bench) else {
                Issue.record("\(id) was shown")
                continue
            }
            #expect(error.kind == .notFound)
            #expect(error.slug == "not-found")
        }
    }
}
