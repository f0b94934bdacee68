internal import FlotillaStorage
internal import Testing

/// Schemas that change over the years.
extension DatabaseContract {
    private static let first = MigrationSet.Step("create", "CREATE TABLE notes (text TEXT NOT NULL)")
    private static let second = MigrationSet.Step("fill", "INSERT INTO notes (text) VALUES ('from a step')")
    private static let third = MigrationSet.Step("rank", "ALTER TABLE notes ADD COLUMN rank INTEGER NOT NULL DEFAULT 7")

    private static func open(_ engine: DatabaseEngine, _ steps: [MigrationSet.Step]) throws -> Database {
        try engine.open("migrated", [MigrationSet("notes", steps: steps)])
    }

    private static func count(_ database: Database) async throws -> Int? {
        try await database.read { try $0.first("SELECT COUNT(*) FROM notes") { $0.int(0) } }
    }

    private static func refusal(_ engine: DatabaseEngine, _ steps: [MigrationSet.Step]) -> StorageError? {
        let error = #expect(throws: StorageError.self) { try open(engine, steps).close() }
        #expect(error?.code == .migration)
        return error
    }

    static let migrations: [ContractCase<DatabaseEngine>] = [
        ContractCase("a step is applied once, however often the database is opened") { engine in
            for _ in 0..<3 {
                let database = try open(engine, [first, second])
                #expect(try await count(database) == 1)
                database.close()
            }
        },
        ContractCase("a new version applies the steps it added, to the data that is there") { engine in
            try open(engine, [first, second]).close()
            let database = try open(engine, [first, second, third])
            let ranks = try await database.read { try $0.query("SELECT rank FROM notes") { $0.int(0) } }
            #expect(ranks == [7])
        },
        ContractCase("a step that was edited after its release is refused, by name") { engine in
            try open(engine, [first, second]).close()
            var edited = second
            edited.script += " -- better"
            #expect(refusal(engine, [first, edited])?.message.contains("'fill'") == true)
            var renamed = first
            renamed.name = "made"
            #expect(refusal(engine, [renamed, second])?.message.contains("'made'") == true)
            #expect(refusal(engine, [second, first]) != nil)
            // Nothing was changed by the refusals.
            #expect(try await count(open(engine, [first, second])) == 1)
        },
        ContractCase("a database of a newer version is refused, and left as it is") { engine in
            try open(engine, [first, second, third]).close()
            #expect(refusal(engine, [first, second])?.message.contains("newer") == true)
            #expect(try await count(open(engine, [first, second, third])) == 1)
        },
        ContractCase("a step that fails leaves nothing of its set's new steps behind") { engine in
            try open(engine, [first]).close()
            let broken = MigrationSet.Step(
                "broken", "INSERT INTO notes (text) VALUES ('half'); INSERT INTO nowhere VALUES (1)")
            #expect(throws: StorageError.self) { try open(engine, [first, second, broken]).close() }
            #expect(try await count(open(engine, [first])) == 0)
            #expect(try await count(open(engine, [first, second])) == 1)
        },
        ContractCase("sets live side by side and grow each by itself") { engine in
            let (notes, probe) = (MigrationSet("notes", steps: [first]), Probe.migrations)
            try engine.open("sets", [notes]).close()
            try engine.open("sets", [probe, notes]).close()
            let database = try engine.open("sets", [probe, MigrationSet("notes", steps: [first, second])])
            #expect(try await count(database) == 1)
            #expect(try await Probe.names(in: database).isEmpty)
        },
    ]
}
