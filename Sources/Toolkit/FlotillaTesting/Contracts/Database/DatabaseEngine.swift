public import FlotillaCore
public import FlotillaStorage

/// A way to open databases, for ``DatabaseContract``.
public struct DatabaseEngine: Sendable {
    /// What it is called in messages.
    public let name: String
    private let opening: @Sendable (String, [MigrationSet], Database.Options) throws -> Database

    /// - Parameter open: opens the database of that name; the same name is the same data.
    public init(
        name: String, open: @escaping @Sendable (String, [MigrationSet], Database.Options) throws -> Database
    ) {
        self.name = name
        opening = open
    }

    /// SQLite files in a folder, which is kept as long as the engine.
    public static func sqlite(in folder: TemporaryFolder, world: World = .manual()) -> DatabaseEngine {
        DatabaseEngine(name: "SQLite") { name, migrations, options in
            try Database(
                path: folder.path(of: "\(name).sqlite"), migrations: migrations, world: world, options: options)
        }
    }

    func open(
        _ name: String = "contract", _ migrations: [MigrationSet] = [Probe.migrations],
        options: Database.Options = Database.Options()
    ) throws -> Database {
        try opening(name, migrations, options)
    }
}

/// A table to try things on.
enum Probe {
    static let migrations = MigrationSet(
        "probe",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE probe (name TEXT PRIMARY KEY NOT NULL, number INTEGER NOT NULL CHECK (number >= 0));
                CREATE TABLE child (id {identity}, probe TEXT NOT NULL REFERENCES probe (name), note TEXT UNIQUE);
                CREATE TABLE typed (
                    id {identity}, whole INTEGER, real DOUBLE PRECISION, text TEXT, bytes {blob}, flag INTEGER);
                """)
        ])

    static let insert: SQL = "INSERT INTO probe (name, number) VALUES (?1, ?2)"
    static let increment: SQL = "UPDATE probe SET number = number + 1 WHERE name = ?1"
    static let number: SQL = "SELECT number FROM probe WHERE name = ?1"
    static let names: SQL = "SELECT name FROM probe ORDER BY name"

    static func names(in database: Database) async throws -> [String] {
        try await database.read { try $0.query(names) { $0.text(0) } }
    }
}

/// What a test throws in the middle of something.
struct Deliberate: Error, Equatable {
    var word = "deliberate"
}
