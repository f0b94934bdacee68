internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage

/// Takes down every message of the fleet as it comes, without a key that would hide one that comes twice.
///
/// Now and then it stumbles: its handler fails, so that messages are held, with those behind them, and tried again.
struct Witness: ServiceBlueprint {
    static let name = "witness"
    /// The share of messages it fails to handle at first. Half of the further tries fail likewise, but none so late
    /// that the message would become a dead letter.
    private static let stumbling = 0.01
    private static let stumblingAgain = 0.5
    private static let stumblesMax = 4

    let types: [String]
    let diary: Diary

    var manifest: ServiceManifest {
        ServiceManifest(name: Self.name, purpose: "Shows what a consumer gets to see.", consumes: types)
    }

    var migrations: [MigrationSet] {
        [
            MigrationSet(
                "witness",
                steps: [
                    .init(
                        "create",
                        """
                        CREATE TABLE seen (
                            position {identity}, id TEXT NOT NULL, source TEXT NOT NULL, subject TEXT NOT NULL,
                            type TEXT NOT NULL, time INTEGER NOT NULL);
                        CREATE INDEX seen_by_id ON seen (id);
                        """)
                ]),
            Diary.migrations, Watch.migrations,
        ]
    }

    private static let told: SQL = "SELECT type || ' ' || subject FROM seen WHERE source = ?1"

    /// How often each message of a service was told, by its type and, after a space, its subject.
    static func told(by source: String, in transaction: Transaction) throws -> [String: Int] {
        try transaction.query(told, source) { $0.text(0) }.reduce(into: [:]) { counts, message in
            counts[message, default: 0] += 1
        }
    }

    private static let insert: SQL =
        "INSERT INTO seen (id, source, subject, type, time) VALUES (?1, ?2, ?3, ?4, ?5)"

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        ServiceParts(
            routes: Routes(),
            handlers: types.map { type in
                MessageHandler(type: type) { transaction, delivery in
                    let share = delivery.attempt == 1 ? Self.stumbling : Self.stumblingAgain
                    if delivery.attempt <= Self.stumblesMax, needs.world.random.unit() < share { throw Stumbled() }
                    let message = delivery.message
                    try transaction.execute(
                        Self.insert, message.id, message.source, message.subject, message.type, message.time)
                    return []
                }
            },
            jobs: [diary.job(needs), Watch.job(needs)])
    }
}

/// What the witness fails with.
private struct Stumbled: Error, CustomStringConvertible {
    var description: String { "the witness has stumbled, as it does now and then" }
}
