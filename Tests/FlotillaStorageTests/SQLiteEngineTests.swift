internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

internal import Glibc

@Suite("The SQLite engine") struct SQLiteEngineTests {
    private static let table = MigrationSet(
        "pages", steps: [.init("create", "CREATE TABLE pages (id {identity}, data {blob} NOT NULL)")])

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ name: String = "one", options: Database.Options = Database.Options()) throws -> Database {
        try Database(
            path: folder.path(of: "\(name).sqlite"), migrations: [Self.table], world: .manual(), options: options)
    }

    @Test("acknowledged means on disk: the writer logs ahead and syncs each commit", arguments: [true, false])
    func durability(onThread: Bool) async throws {
        var options = Database.Options()
        options.writer = onThread ? .thread : .inline
        let database = try open(options: options)
        let (mode, synchronous, keys) = try await database.write { transaction in
            (
                try transaction.first("PRAGMA journal_mode") { $0.text(0) },
                try transaction.first("PRAGMA synchronous") { $0.int(0) },
                try transaction.first("PRAGMA foreign_keys") { $0.int(0) }
            )
        }
        #expect(mode == "wal")
        #expect(synchronous == 2)
        #expect(keys == 1)
    }

    @Test("a file that is no database, a folder that is missing: refused with the path")
    func refused() async throws {
        let bad = folder.path(of: "bad.sqlite")
        try Array("this is a text and no database, whatever its name says: ".utf8).write(to: bad, times: 200)
        let damaged = #expect(throws: StorageError.self) {
            try Database(path: bad, migrations: [Self.table], world: .manual())
        }
        #expect(damaged?.code == .damaged)
        let missing = folder.path(of: "nowhere/at/all.sqlite")
        let error = #expect(throws: StorageError.self) {
            try Database(path: missing, migrations: [Self.table], world: .manual())
        }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains(missing) == true)
    }

    @Test("a full disk fails what does not fit, keeps what was there, and is over when there is room")
    func full() async throws {
        let database = try open()
        let page = [UInt8](repeating: 7, count: 100_000)
        try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [1 as UInt8]) }
        try await database.write { transaction in
            let pages = try transaction.first("PRAGMA page_count") { $0.int(0) } ?? 0
            _ = try transaction.query(.composed("PRAGMA max_page_count = \(pages + 4)")) { $0.int(0) }
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", page) }
        }
        #expect(error?.code == .full)
        #expect(error?.isRetryable == true)
        // In company: each that does not fit is told so, and the small ones are kept.
        let codes = await withTaskGroup(of: StorageError.Code?.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let data = number.isMultiple(of: 2) ? page : [UInt8(number)]
                    do {
                        try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", data) }
                        return nil
                    } catch {
                        return (error as? StorageError)?.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == nil || $0 == .full }, "\(codes)")
        #expect(codes.count { $0 == .full } >= 4)
        try await database.write { transaction in
            _ = try transaction.query("PRAGMA max_page_count = 100000") { $0.int(0) }
        }
        #expect(try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", page) } == 1)
    }

    @Test("a member that goes on after the disk was full is refused whole; nothing of it runs on its own")
    func goesOn() async throws {
        let database = try open()
        let page = [UInt8](repeating: 7, count: 100_000)
        try await database.write { transaction in
            let pages = try transaction.first("PRAGMA page_count") { $0.int(0) } ?? 0
            _ = try transaction.query(.composed("PRAGMA max_page_count = \(pages + 4)")) { $0.int(0) }
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO pages (data) VALUES (?1)", [1 as UInt8])
                #expect(throws: StorageError.self) {
                    try transaction.execute("INSERT INTO pages (data) VALUES (?1)", page)
                }
                #expect(throws: StorageError.self) {
                    try transaction.execute("INSERT INTO pages (data) VALUES (?1)", [2 as UInt8])
                }
            }
        }
        #expect(error?.code == .full)
        #expect(try await database.read { try $0.first("SELECT COUNT(*) FROM pages") { $0.int(0) } } == 0)
    }

    @Test("a service that is restarted opens its files while the last readers of the old one still read")
    func overlap() async throws {
        let first = try open()
        try await first.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [1 as UInt8]) }
        let second = try open()
        try await second.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [2 as UInt8]) }
        let count = try await first.read { try $0.first("SELECT COUNT(*) FROM pages") { $0.int(0) } }
        #expect(count == 2)
        first.close()
        try await second.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [3 as UInt8]) }
    }

    @Test("a query ends when the task it runs in is cancelled, and its connection is good for the next")
    func interrupted() async throws {
        let database = try open()
        async let cancelled = database.read { transaction in
            withUnsafeCurrentTask { $0?.cancel() }
            return try transaction.first(Self.counting) { $0.int(0) }
        }
        do {
            let count = try await cancelled
            Issue.record("it counted to \(count ?? 0)")
        } catch is CancellationError {
            // As it has to be.
        }
        #expect(try await database.read { try $0.first("SELECT 1") { $0.int(0) } } == 1)
    }

    /// Minutes of work.
    private static let counting: SQL = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n
        """

    @Test("a closed database leaves one file, with everything in it")
    func closed() async throws {
        let database = try open()
        for number in 0..<10 {
            try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [UInt8(number)]) }
        }
        database.close()
        #expect(try folder.contents().map(\.path) == ["one.sqlite"])
    }

    @Test("a database nobody holds any more closes itself")
    func dropped() async throws {
        do {
            let database = try open()
            try await database.write { try $0.execute("INSERT INTO pages (data) VALUES (?1)", [1 as UInt8]) }
        }
        #expect(try folder.contents().map(\.path) == ["one.sqlite"])
    }
}

extension [UInt8] {
    /// Writes these bytes to a new file, several times over.
    fileprivate func write(to path: String, times: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        for _ in 0..<times {
            let count = withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            try #require(count == self.count)
        }
    }
}
