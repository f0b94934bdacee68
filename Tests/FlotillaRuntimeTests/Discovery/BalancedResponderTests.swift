internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("Several instances as one responder") struct BalancedResponderTests {
    private let time = ManualTime()
    private var world: World { .manual(time) }

    /// Answers as it is told to, with its name.
    private struct Scripted: Responder {
        let name: String
        let status: HTTPResponse.Status
        var headers: HTTPFields = [:]

        func respond(to request: Request) async -> Response {
            var response = Response.text(name, status: status)
            for field in headers { response.headers.append(field) }
            return response
        }
    }

    /// Is never reached.
    private struct Away: DistantResponder {
        func respond(to request: Request) async -> Response { Response(.badGateway) }
        func send(_ request: Request) async throws -> Response { throw ServiceError.unavailable("orders") }
    }

    private func balancer(_ names: [String]) -> LoadBalancer {
        let balancer = LoadBalancer(
            of: "orders", in: nil, policy: BalancerPolicy(algorithm: .roundRobin), world: world)
        let records = names.map { name in
            let instance = Instance(id: InstanceID(unchecked: name), service: "orders", address: name)
            return InstanceRecord(instance: instance, registeredAt: Timestamp(seconds: 0))
        }
        balancer.take(InstanceList(service: "orders", records: records))
        return balancer
    }

    private func failures(_ balancer: LoadBalancer) -> [Int] { balancer.snapshot().endpoints.map(\.failures) }

    @Test("a request over the same responder goes to another instance each time, and 5xx count", arguments: [
        (500, true), (502, true), (503, true), (504, true), (404, false), (429, false), (200, false),
    ])
    func counts(status: Int, isFailure: Bool) async throws {
        let balancer = balancer(["a", "b"])
        let responder = BalancedResponder(balancer.call(), world: world) { instance in
            Scripted(name: instance.address, status: HTTPResponse.Status(code: status))
        }
        var answers: [String] = []
        for _ in 0..<2 {
            let response = await responder.respond(to: Request(.get, "/"))
            #expect(response.status.code == status, "the answer is passed on as it is")
            answers.append(String(decoding: try await response.collect(), as: UTF8.self))
        }
        #expect(answers.sorted() == ["a", "b"])
        #expect(failures(balancer) == (isFailure ? [1, 1] : [0, 0]))
    }

    @Test("who sheds load in good order is not ill")
    func sheds() async throws {
        let balancer = balancer(["a", "b"])
        for _ in 0..<30 {
            let responder = BalancedResponder(balancer.call(), world: world) { instance in
                Scripted(name: instance.address, status: .serviceUnavailable, headers: [.retryAfter: "1"])
            }
            _ = await responder.respond(to: Request(.get, "/"))
        }
        #expect(failures(balancer) == [0, 0])
        #expect(balancer.snapshot().ejections == 0)
    }

    @Test("an instance that cannot be reached is told as such, counted and ejected")
    func away() async throws {
        let balancer = balancer(["a", "b"])
        let target: @Sendable (Instance) throws -> any Responder = { instance in
            instance.address == "b" ? Away() : Scripted(name: instance.address, status: .ok)
        }
        var thrown = 0
        for _ in 0..<20 {
            let responder = BalancedResponder(balancer.call(), world: world, target: target)
            do { _ = try await responder.send(Request(.get, "/")) } catch { thrown += 1 }
        }
        #expect(thrown == 5)
        #expect(balancer.snapshot().count("ejected") == 1)
    }

    @Test("nobody to ask is a problem of its own")
    func nobody() async throws {
        let responder = BalancedResponder(balancer([]).call(), world: world) { _ in Away() }
        let response = await responder.respond(to: Request(.get, "/"))
        #expect(response.status == .serviceUnavailable)
        #expect(String(decoding: try await response.collect(), as: UTF8.self).contains("no-instance"))
    }

    @Test("metrics tell each instance apart")
    func metrics() async throws {
        let balancer = balancer(["a", "b"])
        for _ in 0..<10 {
            let responder = BalancedResponder(balancer.call(), world: world) { instance in
                Scripted(name: instance.address, status: instance.address == "b" ? .internalServerError : .ok)
            }
            _ = await responder.respond(to: Request(.get, "/"))
        }
        let families = BalancerMetrics.families(of: [("web", balancer.snapshot())])
        func value(_ name: String, _ labels: [String: String]) -> Double? {
            let series = families.first { $0.name == name }?.series.first { series in
                labels.allSatisfy { series[$0.key] == $0.value }
            }
            if case .number(let number) = series?.value { return number }
            return nil
        }
        #expect(value("flotilla_balancer_endpoints", ["caller": "web", "service": "orders", "state": "ejected"]) == 1)
        #expect(value("flotilla_balancer_endpoints", ["state": "in-use"]) == 1)
        #expect(value("flotilla_balancer_picks_total", ["instance": "a"]) == 5)
        #expect(value("flotilla_balancer_failures_total", ["instance": "b"]) == 5)
        #expect(value("flotilla_balancer_in_flight", ["instance": "b"]) == 0)
        #expect(value("flotilla_balancer_ejections_total", ["result": "ejected"]) == 1)
        #expect(value("flotilla_balancer_panic", [:]) == 0)
    }
}

@Suite("A fleet spreads requests over replicas") struct FleetBalancingTests {
    /// A service whose replica that was assembled first can be made ill.
    private static func ear(_ ill: Illness) -> ProbeService {
        ProbeService("ear") { _ in
            let number = ill.assembled.add(1, ordering: .relaxed).newValue
            var routes = Routes()
            routes.addRaw(.get, "/me", access: .anyone, summary: "Which", produces: "text/plain") { _ in
                if number == 1, ill.isThere.load(ordering: .relaxed) {
                    throw ServiceError(.internal, "ill", "Made by a test.")
                }
                return .text("\(number)")
            }
            return ServiceParts(routes: routes)
        }
    }

    private final class Illness: Sendable {
        let assembled = Atomic(0)
        let isThere = Atomic(false)
    }

    private func ask(_ fleet: Fleet, times: Int) async throws -> [String] {
        var answers: [String] = []
        for _ in 0..<times {
            let responder = try #require(fleet.responder(for: "ear"))
            let response = await responder.respond(to: Request(.get, "/me"))
            let text = String(decoding: try await response.collect(), as: UTF8.self)
            answers.append(response.status == .ok ? text : "\(response.status.code)")
        }
        return answers
    }

    @Test("an ill replica gets five requests and no more; one that stops gets none; one that starts is known")
    func ejects() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        var options = FleetOptions(dataFolder: folder.path, world: .manual(time))
        options.replicas = ["ear": 3]
        options.balancer = BalancerPolicy(algorithm: .roundRobin, slowStart: nil)
        let ill = Illness()
        let fleet = Fleet(try FleetMap([Self.ear(ill)]), options: options)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            #expect(Set(try await ask(fleet, times: 6)) == ["1", "2", "3"])
            ill.isThere.store(true, ordering: .relaxed)
            let answers = try await ask(fleet, times: 60)
            #expect(answers.filter { $0 == "500" }.count == 5)
            #expect(fleet.balancerSnapshots().first?.count("ejected") == 1)
            let family = fleet.metrics().first { $0.name == "flotilla_balancer_failures_total" }
            #expect(family?.series.contains { $0["service"] == "ear" && $0.value == .number(5) } == true)
            ill.isThere.store(false, ordering: .relaxed)
            try await eventually("it is taken back", on: time, step: .seconds(1)) {
                fleet.balancerSnapshots().first?.count("in-use") == 3
            }
            #expect(Set(try await ask(fleet, times: 6)) == ["1", "2", "3"])
            try await fleet.stop(Replica("ear", 2))
            #expect(Set(try await ask(fleet, times: 12)) == ["1", "3"])
            try await fleet.start(Replica("ear", 2))
            #expect(Set(try await ask(fleet, times: 12)) == ["1", "3", "4"])
            group.cancelAll()
        }
    }
}
