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
    private let tries = Mutex(0)
    /// How often each name was greeted and the client was told so: these greetings must never be lost.
    private let promised = Mutex<[String: Int]>([:])

    init(duration: Duration) { self.duration = duration }

    var unitCount: Int { tries.withLock { $0 } }

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
            tries.withLock { $0 += 1 }
            let request = Request(.post, "/greetings", headers: [.contentType: "application/json"], body: body)
            // Without a 201 it may have been stored or not; nobody was promised anything.
            guard await lab.call("greeter", request).status == .created else { continue }
            promised.withLock { $0[name, default: 0] += 1 }
        }
    }

    func unsettled(_ lab: Lab) async throws -> String? {
        let (counted, stored) = (try await counted(lab), try await stored(lab))
        let missing = stored.values.reduce(0, +) - counted.values.reduce(0, +)
        return missing > 0 ? "\(missing) greetings are not counted yet" : nil
    }

    var invariants: [Invariant] {
        [
            Invariant("what was acknowledged is stored", .always) { [self] lab in
                let promised = promised.withLock { $0 }
                return more(promised, "promised", than: try await stored(lab), "stored")
            },
            Invariant("no greeting is counted twice", .always) { [self] lab in
                // In this order: what is stored meanwhile makes no difference.
                let counted = try await counted(lab)
                return more(counted, "counted", than: try await stored(lab), "stored")
            },
            Invariant("every greeting is counted", .quiet) { [self] lab in
                more(try await stored(lab), "stored", than: try await counted(lab), "counted")
            },
        ]
    }

    private func more(_ left: [String: Int], _ are: String, than right: [String: Int], _ were: String) -> String? {
        left.sorted { $0.key < $1.key }.first { $0.value > right[$0.key] ?? 0 }.map { name, count in
            "\(count) greetings of \(name) are \(are), and \(right[name] ?? 0) are \(were)"
        }
    }

    private func stored(_ lab: Lab) async throws -> [String: Int] {
        try await lab.read("greeter") { transaction in
            let rows = try transaction.query("SELECT name, COUNT(*) FROM greetings GROUP BY name") { row in
                (row.text(0), row.int(1))
            }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }

    private func counted(_ lab: Lab) async throws -> [String: Int] {
        try await lab.read("counter") { transaction in
            let rows = try transaction.query("SELECT name, count FROM counts") { ($0.text(0), $0.int(1)) }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }
}
