internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

/// One deadline from the edge to the database: gateway → HTTP → gRPC → SQL.
@Suite("A deadline") struct DeadlineTests {
    private struct Directory: ServiceDirectory {
        let fleet: Fleet
        func responder(for service: String) -> (any Responder)? { fleet.responder(for: service) }
    }

    private static let table = MigrationSet(
        "work", steps: [.init("create", "CREATE TABLE work (id {identity}, what TEXT NOT NULL)")])
    private static let insert: SQL = "INSERT INTO work (what) VALUES ('late')"
    private static let count: SQL = "SELECT COUNT(*) FROM work"

    /// What was seen on the way.
    private final class Seen: Sendable {
        private let deadlines = Mutex<[String: Duration]>([:])
        let isAtDatabase = Atomic(false)
        let hasEnded = Atomic(false)
        let isBusy = Atomic(false)
        let mayGoOn = Atomic(false)

        func note(_ place: String, _ context: CallContext) {
            deadlines.withLock { $0[place] = context.deadline.uptime }
        }

        var isOver: Bool { hasEnded.load(ordering: .acquiring) }
        var all: [String: Duration] { deadlines.withLock { $0 } }
    }

    private static func back(_ seen: Seen) -> ProbeService {
        var back = ProbeService("back") { needs in
            let database = needs.database
            let say = SayService { what, context in
                seen.note("back", context.call)
                defer { seen.hasEnded.store(true, ordering: .releasing) }
                seen.isAtDatabase.store(true, ordering: .releasing)
                if what == "read" {
                    try await needs.world.time.sleep(for: .seconds(3_600))
                    _ = try await database.read { try $0.first(Self.count) { $0.int(0) } }
                } else {
                    try await database.write { try $0.execute(Self.insert) }
                }
                return "too late"
            }
            return ServiceParts(routes: Routes(), rpc: [RPCService(say)])
        }
        back.migrations = [table]
        return back
    }

    private static func front(_ seen: Seen) -> ProbeService {
        ProbeService("front", calls: ["back"]) { needs in
            let back = needs.channel(to: "back")
            var routes = Routes()
            routes.addRaw(.get, "/{what}", access: .anyone, summary: "Work", produces: "text/plain") { call in
                seen.note("front", call.context)
                return .text(try await back.unary(.say, Text(call.parameter("what")), call.context).value)
            }
            return ServiceParts(routes: routes)
        }
    }

    private func run(_ body: @escaping @Sendable (Fleet, Gateway, ManualTime, Seen) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let (time, seen) = (ManualTime(), Seen())
        let world = World.manual(time)
        let policy = CallPolicy(name: "once", timeout: .seconds(5), retry: nil, breaker: nil, bulkhead: nil)
        let options = FleetOptions(dataFolder: folder.path, world: world, policies: PolicyBook(standard: policy))
        let fleet = Fleet(try FleetMap([Self.back(seen), Self.front(seen)]), options: options)
        let routes = [GatewayRoute([.get], "/{what}", to: "front", access: .anyone, timeout: .seconds(3))]
        let gateway = try Gateway(
            GatewayConfiguration(routes: routes, limits: .off), directory: Directory(fleet: fleet),
            policies: fleet.policies, verifier: nil, telemetry: .silent(service: "gateway", world: world), world: world)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            try await body(fleet, gateway, time, seen)
            group.cancelAll()
        }
    }

    private static func request(_ what: String, withinMilliseconds limit: Int?) -> Request {
        var request = Request(.get, "/\(what)")
        if let limit, let name = HTTPField.Name("X-Request-Timeout-Ms") { request.headers[name] = "\(limit)" }
        return request
    }

    @Test("set at the edge is that of every hop, and cancels the work at its end", arguments: [800, nil])
    func read(limit: Int?) async throws {
        try await run { fleet, gateway, time, seen in
            let end = time.uptime + .milliseconds(limit ?? 3_000)
            async let response = gateway.respond(to: Self.request("read", withinMilliseconds: limit))
            try await eventually("the last hop works") { seen.isAtDatabase.load(ordering: .acquiring) }
            #expect(seen.all == ["front": end, "back": end])
            #expect(!seen.isOver)
            time.advance(by: .milliseconds(limit ?? 3_000))
            #expect(await response.status.code == 504)
            try await eventually("the work was cancelled") { seen.isOver }
            let database = try #require(fleet.instance(of: "back")?.database)
            #expect(try await database.read { try $0.first(Self.count) { $0.int(0) } } == 0)
        }
    }

    @Test("takes a write back that waits for its turn")
    func write() async throws {
        try await run { fleet, gateway, time, seen in
            let database = try #require(fleet.instance(of: "back")?.database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { seen.mayGoOn.store(true, ordering: .releasing) }
                group.addTask {
                    try await database.write { _ in
                        seen.isBusy.store(true, ordering: .releasing)
                        while !seen.mayGoOn.load(ordering: .acquiring) {}
                    }
                }
                try await eventually("the writer is busy") { seen.isBusy.load(ordering: .acquiring) }
                async let response = gateway.respond(to: Self.request("write", withinMilliseconds: 800))
                try await eventually("the write waits") { seen.isAtDatabase.load(ordering: .acquiring) }
                await settle()
                time.advance(by: .milliseconds(800))
                #expect(await response.status.code == 504)
                try await eventually("it was taken back") { seen.isOver }
                seen.mayGoOn.store(true, ordering: .releasing)
            }
            #expect(try await database.read { try $0.first(Self.count) { $0.int(0) } } == 0)
        }
    }
}
