internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import FlotillaStorage
internal import HTTPTypes
internal import Synchronization

/// Two services, as small as can be: one takes words and tells of them, one files what it hears.
struct Desk: ServiceBlueprint {
    static let type = "test.desk.word.v1"

    /// Answers every so many words without storing them: a defect to be found.
    var forgetsEvery = 0

    let manifest = ServiceManifest(name: "desk", purpose: "Takes words.", publishes: [Desk.type])
    let migrations = [
        MigrationSet("desk", steps: [.init("create", "CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL)")])
    ]

    private static let insert: SQL = "INSERT INTO words (word) VALUES (?1) ON CONFLICT DO NOTHING"

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var routes = Routes()
        routes.add(
            .put, "/words/{word}", access: .anyone, summary: "Takes a word", answers: WordTaken.self
        ) { [forgetsEvery] call in
            let word = call.parameter("word")
            if forgetsEvery > 0, let number = Int(word), number.isMultiple(of: forgetsEvery) {
                return Answer(WordTaken())
            }
            try await needs.database.write { transaction in
                guard try transaction.execute(Self.insert, word) == 1 else { return }
                let message = Outgoing(type: Desk.type, subject: word, data: Array(word.utf8))
                try needs.outbox.append([message], cause: Cause(call.context), in: transaction)
            }
            return Answer(WordTaken())
        }
        return ServiceParts(routes: routes)
    }
}

struct WordTaken: ResponseBody {
    static let example = WordTaken()
    func write(to json: inout JSONWriter) { json.object { $0.field("taken", true) } }
}

/// Files words as they come, without a key that would hide one that comes twice.
struct Archive: ServiceBlueprint {
    let manifest = ServiceManifest(name: "archive", purpose: "Files words.", consumes: [Desk.type])
    let migrations = [
        MigrationSet("archive", steps: [.init("create", "CREATE TABLE filed (id {identity}, word TEXT NOT NULL)")])
    ]

    private static let insert: SQL = "INSERT INTO filed (word) VALUES (?1)"

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        ServiceParts(
            routes: Routes(),
            handlers: [
                MessageHandler(type: Desk.type) { transaction, delivery in
                    try transaction.execute(Self.insert, delivery.subject)
                    return []
                }
            ])
    }
}

/// Clients who send numbers, and what must hold of them.
final class DeskScenario: Scenario {
    static let unit = "words"

    private let desk: Desk
    private let copies: [String: Int]
    private let duration: Duration
    private let sent = Mutex(0)
    private let acknowledged = Mutex<Set<String>>([])

    init(desk: Desk = Desk(), replicas: [String: Int] = [:], duration: Duration) {
        self.desk = desk
        copies = replicas
        self.duration = duration
    }

    var unitCount: Int { sent.withLock { $0 } }

    func map() throws -> FleetMap { try FleetMap([desk, Archive()]) }

    func replicas(seed: UInt64) -> [String: Int] { copies }

    func load(_ lab: Lab) async throws {
        let end = lab.scheduler.uptime + duration
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    while lab.scheduler.uptime < end {
                        try await lab.world.time.sleep(for: .milliseconds(800) * lab.world.random.unit())
                        let word = self.sent.withLock { sent in
                            sent += 1
                            return String(sent)
                        }
                        let response = await lab.call("desk", Request(.put, "/words/\(word)"))
                        if response.status == .ok { self.acknowledged.withLock { _ = $0.insert(word) } }
                    }
                }
            }
        }
    }

    func unsettled(_ lab: Lab) async throws -> String? {
        let (filed, stored) = (try await Self.filed(lab), try await Self.stored(lab))
        return filed.count < stored.count ? "\(stored.count - filed.count) words are to be filed" : nil
    }

    var invariants: [Invariant] {
        [
            Invariant("what was acknowledged is there", .always) { [self] lab in
                let acknowledged = acknowledged.withLock { $0 }
                let lost = acknowledged.subtracting(try await Self.stored(lab))
                return lost.min().map { "word \($0) and \(lost.count - 1) others are gone" }
            },
            Invariant("each word is filed once", .quiet) { lab in
                let (filed, stored) = (try await Self.filed(lab), try await Self.stored(lab))
                return filed.sorted() == stored.sorted() ? nil : "\(filed.count) filed, \(stored.count) stored"
            },
        ]
    }

    private static func stored(_ lab: Lab) async throws -> [String] {
        try await lab.read("desk") { try $0.query("SELECT word FROM words") { $0.text(0) } }
    }

    private static func filed(_ lab: Lab) async throws -> [String] {
        try await lab.read("archive") { try $0.query("SELECT word FROM filed") { $0.text(0) } }
    }
}
