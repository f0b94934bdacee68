internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopSystem

/// A whole Shop in this process, on free ports and a folder of its own.
struct RunningShop: Sendable {
    let client: ShopClient
    let folder: TestFolder
    let addresses: ShopApplication.Addresses

    /// Runs `body` while a Shop runs, then stops it.
    ///
    /// - Parameter settings: by key (`shipping.dispatchDelay`), on top of those of tests.
    static func run<Value: Sendable>(
        _ settings: [String: String] = [:], _ body: (RunningShop) async throws -> Value
    ) async throws -> Value {
        try await TestFolder.with { folder in try await run(settings, in: folder, body) }
    }

    /// Runs a Shop on a folder that may have the data of an earlier one.
    static func run<Value: Sendable>(
        _ settings: [String: String] = [:], in folder: TestFolder, _ body: (RunningShop) async throws -> Value
    ) async throws -> Value {
        let ofTests = [
            "data": folder.data, "gateway.port": "0", "operations.port": "0", "gateway.rateLimits": "off",
            "users.passwordCost": "6", "quiet": "true",
        ]
        let all = ofTests.merging(settings) { _, given in given }.sorted { $0.key < $1.key }
        let configuration = try Configuration.load(
            ShopConfiguration.schema, flags: all.map { ConfigurationFlag("--set", sets: $0.key, to: $0.value) })
        let (ready, readySink) = AsyncStream.makeStream(of: ShopApplication.Addresses.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                do {
                    try await ShopApplication(configuration).run { readySink.yield($0) }
                } catch where Task.isCancelled {
                    // That is how the test ends it.
                }
            }
            var addresses: ShopApplication.Addresses?
            for await open in ready {
                addresses = open
                break
            }
            guard let addresses else {
                try await group.waitForAll()
                throw WaitedInVain(what: "the Shop was open")
            }
            defer { group.cancelAll() }
            return try await RemoteConnections.with(connectTimeout: .seconds(60)) { connections in
                try await body(
                    RunningShop(
                        client: ShopClient(
                            gateway: addresses.gateway, operations: addresses.operations, connections: connections),
                        folder: folder, addresses: addresses))
            }
        }
    }

    /// Takes a service away.
    func stop(_ service: String) async throws {
        try await client.operate(.post, "/ops/services/\(service)/stop").expecting(202, 204)
    }

    /// Brings a service back.
    func start(_ service: String) async throws {
        try await client.operate(.post, "/ops/services/\(service)/start").expecting(202, 204)
    }
}
