internal import FlotillaCore
internal import FlotillaSimulation
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("A database on a simulated disk keeps the database contract") struct SimulatedDiskContractTests {
    @Test("promise", arguments: DatabaseContract.cases)
    func contract(_ promise: ContractCase<DatabaseEngine>) async throws {
        let disk = SimulatedDisk(seed: 1)
        let engine = DatabaseEngine(name: "SQLite on a simulated disk") { name, migrations, options in
            try Database(
                path: "/\(name).sqlite", migrations: migrations, world: .manual(), options: disk.options(options))
        }
        try await promise.check(engine)
    }
}

@Suite("The simulated disk") struct SimulatedDiskTests {
    private let disk = SimulatedDisk(seed: 7)

    @Test("a database logs ahead as on a real disk, and leaves one file when it is closed")
    func files() async throws {
        let ledger = try Ledger(on: disk)
        try await ledger.append(1)
        let mode = try await ledger.database.read { try $0.first("PRAGMA journal_mode") { $0.text(0) } }
        #expect(mode == "wal")
        #expect(disk.paths == ["/ledger.sqlite", "/ledger.sqlite-wal"])
        #expect(disk.statistics.syncs > 0)
        ledger.database.close()
        #expect(disk.paths == ["/ledger.sqlite"])
        #expect(disk.bytesUsed == disk.contents(of: "/ledger.sqlite")?.count)
        #expect(try await Ledger(on: disk).contents().entries == 1)
    }

    @Test("readers keep their snapshots while another connection writes; two writers take turns")
    func snapshots() throws {
        let writer = try PlainConnection(disk)
        try writer.run("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (1);")
        let reader = try PlainConnection(disk, isReadOnly: true)
        try reader.run("BEGIN")
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "1")
        try writer.run("INSERT INTO t VALUES (2)")
        let late = try PlainConnection(disk, isReadOnly: true)
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "1")
        #expect(try late.text("SELECT COUNT(*) FROM t") == "2")
        // A checkpoint may not take away what the first reader still reads.
        #expect(try writer.text("PRAGMA wal_checkpoint(TRUNCATE)") == "1")
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "1")
        try reader.run("COMMIT")
        #expect(try writer.text("PRAGMA wal_checkpoint(TRUNCATE)") == "0")
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "2")
        let second = try PlainConnection(disk)
        try second.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (3);")
        let refusal = #expect(throws: PlainConnection.Refusal.self) { try writer.run("INSERT INTO t VALUES (4)") }
        #expect(refusal?.kind == 5, "SQLITE_BUSY")
        try second.run("COMMIT")
        try writer.run("INSERT INTO t VALUES (4)")
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "4")
    }

    @Test("with a rollback journal, the file locks keep a writer from readers")
    func rollbackJournal() throws {
        let writer = try PlainConnection(disk)
        try writer.run("CREATE TABLE t (n); INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2);")
        let reader = try PlainConnection(disk, isReadOnly: true)
        try reader.run("BEGIN")
        #expect(try reader.text("SELECT COUNT(*) FROM t") == "1")
        let refusal = #expect(throws: PlainConnection.Refusal.self) { try writer.run("COMMIT") }
        #expect(refusal?.kind == 5, "SQLITE_BUSY")
        // The writer waits to write alone, so nobody new is let in.
        let late = try PlainConnection(disk, isReadOnly: true)
        #expect(throws: PlainConnection.Refusal.self) { try late.text("SELECT COUNT(*) FROM t") }
        try reader.run("COMMIT")
        try writer.run("COMMIT")
        #expect(try late.text("SELECT COUNT(*) FROM t") == "2")
        #expect(disk.paths == ["/plain.sqlite"])
    }

    @Test("disks of one process are apart, and their names with them")
    func apart() async throws {
        let other = SimulatedDisk(seed: 7)
        #expect(disk.vfsName != other.vfsName)
        try await Ledger(on: disk).append(1)
        #expect(other.paths.isEmpty)
        let error = #expect(throws: StorageError.self) {
            var options = Database.Options()
            options.vfs = "no such disk"
            _ = try Database(path: "/a.sqlite", migrations: [], world: .manual(), options: options)
        }
        #expect(error?.message.contains("no such disk") == true)
    }

    @Test("SQL takes the time from the simulation")
    func time() throws {
        let connection = try PlainConnection(disk)
        #expect(try connection.text("SELECT CURRENT_TIMESTAMP") == "1970-01-01 00:00:00")
        disk.setTime(Timestamp(seconds: 1_700_000_000))
        #expect(try connection.text("SELECT CURRENT_TIMESTAMP") == "2023-11-14 22:13:20")
    }

    @Test("files can be copied to the host, and opened there")
    func export() async throws {
        let ledger = try Ledger(on: disk, path: "/orders/orders.sqlite")
        for number in 1...3 { try await ledger.append(number) }
        let folder = try TemporaryFolder()
        try disk.export(to: folder.path)
        // The log is part of it: nothing was merged yet.
        #expect(
            try folder.contents().map(\.path) == ["orders/orders.sqlite", "orders/orders.sqlite-wal"])
        let copy = try Database(
            path: folder.path(of: "orders/orders.sqlite"), migrations: [Ledger.migrations], world: .manual())
        #expect(try await copy.read { try $0.first("SELECT entries FROM totals") { $0.int(0) } } == 3)
        #expect(throws: ServiceError.self) { try disk.export(path: "/nothing", to: folder.path(of: "nothing")) }
        #expect(disk.contentHash(of: "/nothing") == nil)
        #expect(disk.contentHash(of: "/orders/orders.sqlite") != disk.contentHash(of: "/orders/orders.sqlite-wal"))
    }
}
