internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage
internal import HTTPTypes

/// Plays all the other services: sends what the service under test handles, keeps what it sends, and
/// publishes the keys its tokens are checked with.
struct Counterpart: ServiceBlueprint {
    let name: String
    let publishes: [String]
    let consumes: [String]
    let keys: [UInt8]

    var manifest: ServiceManifest {
        ServiceManifest(
            name: name, purpose: "Plays the rest of the fleet in a test.", publishes: publishes, consumes: consumes)
    }

    var migrations: [MigrationSet] {
        [
            MigrationSet(
                "counterpart",
                steps: [
                    .init(
                        "create",
                        """
                        CREATE TABLE received (
                            position {identity}, id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
                            subject TEXT NOT NULL, time INTEGER NOT NULL, data {blob} NOT NULL,
                            traceparent TEXT NOT NULL, correlation TEXT NOT NULL, cause TEXT NOT NULL,
                            saga TEXT NOT NULL);
                        """)
                ])
        ]
    }

    private static let insert: SQL = """
        INSERT INTO received (id, source, type, subject, time, data, traceparent, correlation, cause, saga)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """
    private static let select: SQL = """
        SELECT id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM received ORDER BY position LIMIT 100000
        """

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var routes = Routes()
        routes.addRaw(
            .get, "/.well-known/jwks.json", access: .anyone, summary: "The keys", produces: "application/json"
        ) { [keys] _ in .json(keys) }
        let handlers = consumes.map { type in
            MessageHandler(type: type) { transaction, delivery in
                let message = delivery.message
                try transaction.execute(
                    Self.insert, message.id, message.source, message.type, message.subject, message.time,
                    message.data, message.traceparent, message.correlationID, message.causationID, message.saga)
                return []
            }
        }
        return ServiceParts(routes: routes, handlers: handlers)
    }

    static func received(in transaction: Transaction) throws -> [Message] {
        try transaction.query(select) { row in
            Message(
                id: row.text(0), source: row.text(1), type: row.text(2), subject: row.text(3),
                time: row.timestamp(4), data: row.bytes(5), traceparent: row.text(6), correlationID: row.text(7),
                causationID: row.text(8), saga: row.text(9))
        }
    }
}
