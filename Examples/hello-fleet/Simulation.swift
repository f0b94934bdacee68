internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import FlotillaStorage
internal import HTTPTypes
internal import Synchronization

/// The same two services in a world where everything fails: `hello-fleet sim --seeds 20`.
final class GreetingScenario: Scenario {
    static let unit = "greetings"

    private let duration: Duration
    private let tries = Atomic(0)
    /// Greetings whose client was told that they are stored: they must never be lost.
    private let promised = Atomic(0)

    init(duration: Duration) { self.duration = duration }

    var unitCount: Int { tries.load(ordering: .relaxed) }

    func map() throws -> FleetMap { try FleetMap([Greeter(), Counter()]) }

    func load(_ lab: Lab) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for name in ["Ada", "Alan", "Edsger", "Grace"] { group.addTask { try await self.greet(name, lab) } }
        }
    }

    private func greet(_ name: String, _ lab: Lab) async throws {
        let end = lab.scheduler.uptime + duration
        let body = Array(#"{"name": "\#(name)"}"#.utf8)
        while lab.scheduler.uptime < end {
            try await lab.world.time.sleep(for: .seconds(2) * lab.world.random.unit())
            tries.add(1, ordering: .relaxed)
            let request = Request(.post, "/greetings", headers: [.contentType: "application/json"], body: body)
            // Without a 201 it may have been stored or not; nobody was promised anything.
            if await lab.call("greeter", request).status == .created { promised.add(1, ordering: .relaxed) }
        }
    }

    func unsettled(_ lab: Lab) async throws -> String? {
        try await counted(lab) < stored(lab) ? "some greetings are not counted yet" : nil
    }

    var invariants: [Invariant] {
        [
            Invariant("what was acknowledged is stored", .always) { [self] lab in
                let (promised, stored) = (promised.load(ordering: .relaxed), try await stored(lab))
                return promised > stored ? "\(promised) were acknowledged, \(stored) are stored" : nil
            },
            Invariant("every greeting is counted once", .quiet) { [self] lab in
                let (counted, stored) = (try await counted(lab), try await stored(lab))
                return counted != stored ? "\(stored) are stored, \(counted) are counted" : nil
            },
        ]
    }

    private func stored(_ lab: Lab) async throws -> Int {
        try await lab.read("greeter") { try $0.first("SELECT COUNT(*) FROM greetings") { $0.int(0) } ?? 0 }
    }

    private func counted(_ lab: Lab) async throws -> Int {
        try await lab.read("counter") { try $0.first("SELECT TOTAL(count) FROM counts") { $0.int(0) } ?? 0 }
    }
}
