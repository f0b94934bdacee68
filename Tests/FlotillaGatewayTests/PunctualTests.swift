internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("A service that hangs behind the gateway") struct PunctualTests {
    private let time = ManualTime()

    private final class Hung: Sendable {
        let count = Atomic(0)

        func hang(on time: ManualTime) async throws {
            count.add(1, ordering: .relaxed)
            try await time.sleep(for: .seconds(3_600))
        }

        /// Returns when so many have begun to hang.
        func reached(_ count: Int) async {
            while self.count.load(ordering: .relaxed) < count { await Task.yield() }
        }
    }

    /// Knows nothing of deadlines, but ends when it is cancelled.
    private struct Careless: Responder {
        let hung: Hung
        let time: ManualTime

        func respond(to request: Request) async -> Response {
            do { try await hung.hang(on: time) } catch { return Response(.internalServerError) }
            return Response(.ok)
        }
    }

    private func gateway(_ service: any Responder) throws -> (Gateway, PolicyRegistry) {
        let world = World.manual(time)
        let policies = PolicyRegistry(world: world)
        let routes = [GatewayRoute([.post], "/hang", to: "orders", access: .anyone, timeout: .seconds(2))]
        let gateway = try Gateway(
            GatewayConfiguration(routes: routes, limits: .off, admission: nil),
            directory: StaticDirectory(["orders": service]), policies: policies, verifier: nil,
            telemetry: .silent(service: "gateway", world: world), world: world)
        return (gateway, policies)
    }

    private func service(_ hung: Hung) -> ServiceResponder {
        let world = World.manual(time)
        var routes = Routes()
        routes.addRaw(.post, "/hang", access: .anyone, summary: "Work", produces: "text/plain") { [time] _ in
            try await hung.hang(on: time)
            return .text("late")
        }
        return ServiceResponder(
            service: "orders", routes: routes, telemetry: .silent(service: "orders", world: world), world: world,
            timeout: .seconds(60))
    }

    /// - Parameter alarms: how many watch the time of one request.
    private func giveUp(_ service: any Responder, _ hung: Hung, alarms: Int) async throws {
        let (gateway, policies) = try gateway(service)
        for round in 1...5 {
            async let response = gateway.respond(to: Request(.post, "/hang"))
            await hung.reached(round)
            // Its own sleep is one of them.
            while time.sleeperCount < alarms + 1 { await Task.yield() }
            #expect(time.sleeperCount == alarms + 1)
            time.advance(by: .seconds(2))
            #expect(await response.status.code == 504)
            #expect(time.sleeperCount == 0, "what it did was cancelled")
        }
        let shot = policies.callGuard(for: "gateway → orders").snapshot()
        #expect(shot.failures == 5 && shot.timeouts == 5 && shot.breaker?.state == .open)
    }

    @Test("keeps the deadline itself when it is one of ours: nobody else watches the time, and it counts against it")
    func punctual() async throws {
        let hung = Hung()
        try await giveUp(service(hung), hung, alarms: 1)
    }

    @Test("is cut off when it knows nothing of deadlines")
    func careless() async throws {
        let hung = Hung()
        try await giveUp(Careless(hung: hung, time: time), hung, alarms: 1)
    }
}
