internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaTesting
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@Suite("A fleet spreads gRPC calls over replicas") struct RPCReplicaTests {
    /// Whose replica that was assembled first can be made ill.
    private final class Ear: Sendable {
        let assembled = Atomic(0)
        let isIll = Atomic(false)
        let channel = Mutex<RPCChannel?>(nil)

        var service: ProbeService {
            ProbeService("ear") { [self] _ in
                let number = assembled.add(1, ordering: .relaxed).newValue
                let say = SayService { [self] _, _ in
                    if number == 1, isIll.load(ordering: .relaxed) {
                        throw ServiceError(.internal, "ill", "Made by a test.")
                    }
                    return "\(number)"
                }
                return ServiceParts(routes: .init(), rpc: [RPCService(say)])
            }
        }

        var mouth: ProbeService {
            ProbeService("mouth", calls: ["ear"]) { [self] needs in
                channel.withLock { $0 = needs.channel(to: "ear") }
                return ServiceParts(routes: .init())
            }
        }

        func ask(_ world: World, times: Int) async throws -> [String] {
            let channel = try #require(channel.withLock { $0 })
            var answers: [String] = []
            for _ in 0..<times {
                do {
                    answers.append(try await channel.unary(.say, Text(""), .root(world, timeout: .seconds(5))).value)
                } catch let error as ServiceError {
                    answers.append(error.slug)
                }
            }
            return answers
        }
    }

    @Test("an ill one gets five calls and no more; one that stops gets none; one that starts is known")
    func ejects() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let world = World.manual(time)
        let policy = CallPolicy(name: "once", retry: nil, breaker: nil, bulkhead: nil)
        var options = FleetOptions(dataFolder: folder.path, world: world, policies: PolicyBook(standard: policy))
        options.replicas = ["ear": 3]
        options.balancer = BalancerPolicy(algorithm: .roundRobin, slowStart: nil)
        let ear = Ear()
        let fleet = Fleet(try FleetMap([ear.service, ear.mouth]), options: options)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            #expect(Set(try await ear.ask(world, times: 6)) == ["1", "2", "3"])
            ear.isIll.store(true, ordering: .relaxed)
            let answers = try await ear.ask(world, times: 60)
            #expect(answers.filter { $0 == "ill" }.count == 5)
            let shot = try #require(fleet.balancerSnapshots().first)
            #expect(shot.service == "ear" && shot.count("ejected") == 1 && shot.picks == 66)
            let family = fleet.metrics().first { $0.name == "flotilla_balancer_failures_total" }
            #expect(family?.series.contains { $0["service"] == "ear" && $0.value == .number(5) } == true)
            ear.isIll.store(false, ordering: .relaxed)
            try await eventually("it is taken back", on: time, step: .seconds(1)) {
                fleet.balancerSnapshots().first?.count("in-use") == 3
            }
            #expect(Set(try await ear.ask(world, times: 6)) == ["1", "2", "3"])
            try await fleet.stop(Replica("ear", 2))
            #expect(Set(try await ear.ask(world, times: 12)) == ["1", "3"])
            try await fleet.start(Replica("ear", 2))
            #expect(Set(try await ear.ask(world, times: 12)) == ["1", "3", "4"])
            try await fleet.stop("ear")
            let before = time.uptime
            #expect(Set(try await ear.ask(world, times: 12)) == ["unavailable"])
            #expect(time.uptime == before, "nobody waits for a service that is known to be stopped")
            group.cancelAll()
        }
    }
}
