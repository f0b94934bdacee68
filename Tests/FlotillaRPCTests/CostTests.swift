internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaResilience
internal import Foundation
internal import SwiftProtobuf
internal import Testing

/// What one call costs; run with `FLOTILLA_MEASURE=1`, in a release build for figures that mean something.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["FLOTILLA_MEASURE"] == "1"))
struct CostTests {
    @Test("the cost of one in-process call on the machine's clock")
    func unary() async throws {
        let world = World.system()
        let exchange = RPCExchange()
        let telemetry = Telemetry.silent(service: "echo", world: world)
        let host = RPCHost(
            [RPCService(EchoService { text, _ in text })], on: exchange, telemetry: telemetry)
        let channel = RPCChannel(
            to: "echo", on: exchange, policies: PolicyRegistry(world: world), telemetry: telemetry.renamed("caller"))
        let perCall = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            await until { host.isRunning }
            var best = Duration.seconds(1_000)
            for _ in 0..<5 {
                let count = 2_000
                let began = world.time.uptime
                for _ in 0..<count {
                    _ = try await channel.unary(.say, Text("ahoy"), .root(world, timeout: .seconds(5)))
                }
                best = min(best, (world.time.uptime - began) / count)
            }
            group.cancelAll()
            return best
        }
        FileHandle.standardError.write(Data("one in-process unary call: \(perCall)\n".utf8))
        #expect(perCall < .milliseconds(5))
    }
}
