internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage

/// Takes down every message of the fleet as it comes, without a key that would hide one that comes twice.
struct Witness: ServiceBlueprint {
    static let name = "witness"

    let types: [String]

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
                        CREATE INDEX seen_by_subject ON seen (source, subject, position);
                        """)
                ])
        ]
    }

    private static let insert: SQL =
        "INSERT INTO seen (id, source, subject, type, time) VALUES (?1, ?2, ?3, ?4, ?5)"

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        ServiceParts(
            routes: Routes(),
            handlers: types.map { type in
                MessageHandler(type: type) { transaction, delivery in
                    let message = delivery.message
                    try transaction.execute(
                        Self.insert, message.id, message.source, message.subject, message.type, message.time)
                    return []
                }
            })
    }
}
