internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// A process that is killed in the middle of writing.
@Suite("After a crash", .serialized) struct CrashTests {
    static let table = MigrationSet(
        "pairs",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE pairs (name TEXT PRIMARY KEY NOT NULL);
                CREATE TABLE copies (name TEXT PRIMARY KEY NOT NULL);
                """)
        ])

    @Test("everything that was acknowledged is there, and every transaction is whole", arguments: [20, 200, 700])
    func killed(afterAcknowledgements count: Int) async throws {
        let folder = try TemporaryFolder()
        let path: String = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, count = count as Int] in
            let database = try Database(
                path: "\(path)/crash.sqlite", migrations: [CrashTests.table], world: .manual())
            let log = open("\(path)/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try await withThrowingDiscardingTaskGroup { group in
                for writer in 0..<8 {
                    group.addTask {
                        for number in 0..<10_000 {
                            let name = "\(writer)-\(number)"
                            try await database.write { transaction in
                                try transaction.execute("INSERT INTO pairs (name) VALUES (?1)", name)
                                try transaction.execute("INSERT INTO copies (name) VALUES (?1)", name)
                            }
                            let line = Array("\(name)\n".utf8)
                            _ = line.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
                            if writer == 0, number == count / 8 { kill(getpid(), SIGKILL) }
                        }
                    }
                }
            }
        }
        let acknowledged = try folder.contents().first { $0.path == "acknowledged" }?.bytes ?? []
        let names = String(decoding: acknowledged, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(names.count >= count / 8)
        let database = try Database(
            path: "\(path)/crash.sqlite", migrations: [CrashTests.table], world: .manual())
        let (pairs, copies, check) = try await database.read { transaction in
            (
                try transaction.query("SELECT name FROM pairs ORDER BY name") { $0.text(0) },
                try transaction.query("SELECT name FROM copies ORDER BY name") { $0.text(0) },
                try transaction.first("PRAGMA integrity_check") { $0.text(0) }
            )
        }
        #expect(check == "ok")
        #expect(pairs == copies)
        #expect(Set(names).subtracting(pairs).isEmpty, "acknowledged and lost")
        // And it can be written to again.
        #expect(try await database.write { try $0.execute("INSERT INTO pairs (name) VALUES ('after')") } == 1)
    }
}
