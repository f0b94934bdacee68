internal import FlotillaCore
internal import FlotillaSimulation
internal import FlotillaStorage
internal import Testing

@Suite("Crashes of the simulated disk") struct SimulatedDiskCrashTests {
    /// What became of the transactions of one seed.
    private struct Outcome: Hashable {
        var lost = 0
        var damaged = 0
        /// Contents after each crash.
        var contents: [Ledger.Contents] = []
        /// Commits that were not acknowledged and are there all the same.
        var unexpected = 0
        var statistics: SimulatedDisk.Statistics
    }

    /// Writes until the power fails, looks at what is left, and goes on; three times over.
    private static func run(seed: UInt64, lies: Bool) async throws -> Outcome {
        let random = SeededRandom(seed: seed)
        let disk = SimulatedDisk(seed: random.next(), sectorBytes: random.int(in: 0...1) == 0 ? 512 : 4_096)
        disk.ignoresSyncs = lies
        var outcome = Outcome(statistics: disk.statistics)
        var acknowledged = 0
        for round in 0..<3 {
            // The first operations are those that make the file, or find out what a crash left of it.
            disk.crash(afterOperations: random.int(in: 1...(round == 0 ? 150 : 80)))
            try await write(on: disk, random, &acknowledged)
            #expect(disk.hasCrashed, "the workload was too small for seed \(seed)")
            disk.crash()
            let contents: Ledger.Contents
            do {
                contents = try await Ledger(on: disk).contents()
            } catch {
                contents = Ledger.Contents(entries: -1, bytes: 0, damage: "\(error)")
            }
            outcome.contents.append(contents)
            if contents.damage != nil { outcome.damaged += 1 }
            if contents.entries < acknowledged { outcome.lost += 1 }
            if contents.entries > acknowledged + 1 { outcome.unexpected += 1 }
            if contents.damage != nil { break }
            acknowledged = contents.entries
        }
        outcome.statistics = disk.statistics
        return outcome
    }

    /// Commits entries, with checkpoints among them and an orderly restart now and then, until the power fails.
    private static func write(on disk: SimulatedDisk, _ random: SeededRandom, _ acknowledged: inout Int) async throws {
        do {
            for _ in 0..<6 {
                let ledger = try Ledger(on: disk)
                try await ledger.checkpoint(everyPages: random.int(in: 4...30))
                for _ in 0..<random.int(in: 3...20) {
                    try await ledger.append(acknowledged + 1, bytes: random.int(in: 1...6_000))
                    acknowledged += 1
                    if random.int(in: 0...9) == 0 { _ = try await ledger.contents() }
                }
                ledger.database.close()
            }
        } catch let error as StorageError where disk.hasCrashed {
            #expect(error.code == .damaged, "\(error)")
        }
    }

    @Test("what was acknowledged survives, and nothing half-done is seen", arguments: 0..<6)
    func survives(share: Int) async throws {
        var (kept, lost, crashes) = (0, 0, 0)
        for seed in UInt64(share * 50)..<UInt64(share * 50 + 50) {
            let outcome = try await Self.run(seed: seed, lies: false)
            #expect(outcome.lost == 0, "seed \(seed) lost what it had acknowledged: \(outcome)")
            #expect(outcome.damaged == 0, "seed \(seed) damaged its file: \(outcome)")
            #expect(outcome.unexpected == 0, "seed \(seed) shows more than was written: \(outcome)")
            kept += outcome.statistics.sectorsKept
            lost += outcome.statistics.sectorsLost
            crashes += outcome.statistics.crashes
        }
        // There was something to lose, and it was lost in part.
        #expect(crashes == 150)
        #expect(kept > 500 && lost > 500, "kept \(kept), lost \(lost)")
    }

    @Test("with a disk that lies about syncs, the same runs do lose and damage")
    func liesAreSeen() async throws {
        var (losses, damages) = (0, 0)
        for seed in 0..<60 as Range<UInt64> {
            let outcome = try await Self.run(seed: seed, lies: true)
            losses += outcome.lost
            damages += outcome.damaged
        }
        #expect(losses > 10)
        #expect(damages > 0)
    }

    @Test("the same seed leaves the same contents, another seed others")
    func repeats() async throws {
        var different: Set<Outcome> = []
        for seed in 0..<10 as Range<UInt64> {
            let first = try await Self.run(seed: seed, lies: true)
            #expect(try await Self.run(seed: seed, lies: true).contents.map(\.entries) == first.contents.map(\.entries))
            let honest = try await Self.run(seed: seed, lies: false)
            #expect(try await Self.run(seed: seed, lies: false) == honest)
            different.insert(honest)
        }
        #expect(different.count == 10)
    }

    @Test("what was never synced may be lost, and once the power is off nothing works")
    func powerOff() async throws {
        let disk = SimulatedDisk(seed: 3)
        let ledger = try Ledger(on: disk)
        try await ledger.append(1)
        disk.powerOff()
        #expect(disk.hasCrashed)
        await #expect(throws: StorageError.self) { try await ledger.append(2) }
        #expect(throws: StorageError.self) { try Ledger(on: disk) }
        disk.crash()
        #expect(!disk.hasCrashed)
        #expect(try await Ledger(on: disk).contents().entries == 1)
    }

    @Test("what was open at a crash is dead for ever and changes nothing of the new contents")
    func deadHandles() async throws {
        let disk = SimulatedDisk(seed: 5)
        let old = try Ledger(on: disk)
        for number in 1...5 { try await old.append(number) }
        _ = try await old.contents()
        let plain = try PlainConnection(disk, path: "/ledger.sqlite")
        try plain.run("BEGIN IMMEDIATE; UPDATE totals SET entries = 99;")
        disk.crash()
        let new = try Ledger(on: disk)
        try await new.append(6)
        let before = Dictionary(uniqueKeysWithValues: disk.paths.map { ($0, disk.contents(of: $0)) })
        for _ in 0..<3 {
            await #expect(throws: StorageError.self) { try await old.append(7) }
            await #expect(throws: StorageError.self) { try await old.contents() }
        }
        #expect(throws: PlainConnection.Refusal.self) { try plain.run("COMMIT") }
        #expect(throws: PlainConnection.Refusal.self) { try plain.run("VACUUM") }
        #expect(throws: PlainConnection.Refusal.self) { try plain.run("PRAGMA journal_mode=DELETE") }
        plain.close()
        old.database.close()
        #expect(disk.statistics.deadOperations > 0)
        #expect(Dictionary(uniqueKeysWithValues: disk.paths.map { ($0, disk.contents(of: $0)) }) == before)
        #expect(try await new.contents() == Ledger.Contents(entries: 6, bytes: 120, damage: nil))
    }

    @Test("a database may be closed after its disk has gone")
    func outlives() async throws {
        var disk: SimulatedDisk? = SimulatedDisk(seed: 5)
        let ledger = try disk.map { try Ledger(on: $0) }
        try await ledger?.append(1)
        _ = try await ledger?.contents()
        disk?.crash()
        let second = try disk.map { try Ledger(on: $0) }
        disk = nil
        await #expect(throws: StorageError.self) { try await second?.append(2) }
        ledger?.database.close()
        second?.database.close()
    }

    @Test("a transaction over a rollback journal is whole after a crash as well", arguments: 0..<60 as Range<UInt64>)
    func rollbackJournal(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        let connection = try PlainConnection(disk)
        // EXTRA syncs the folder after the journal is deleted: without, a commit may come undone.
        try connection.run("PRAGMA synchronous=EXTRA; CREATE TABLE t (n, data);")
        disk.crash(afterOperations: random.int(in: 1...60))
        var done = 0
        do {
            for number in 1...20 {
                try connection.run(
                    """
                    BEGIN; INSERT INTO t VALUES (\(number), zeroblob(\(random.int(in: 1...5_000))));
                    INSERT INTO t VALUES (\(number), zeroblob(3000)); COMMIT;
                    """)
                done = number
            }
        } catch let error as PlainConnection.Refusal {
            #expect(error.kind == 10, "SQLITE_IOERR")
        }
        try #require(disk.hasCrashed)
        disk.crash()
        let after = try PlainConnection(disk)
        #expect(try after.text("PRAGMA integrity_check") == "ok")
        let rows = Int(try after.text("SELECT COUNT(*) FROM t")) ?? -1
        #expect(rows == 2 * done || rows == 2 * done + 2)
    }

    @Test("with the salts of the logs seeded, files repeat to the byte")
    func repeatsToTheByte() async {
        // In a process of its own: the salts come from one generator for all of SQLite.
        await #expect(processExitsWith: .success) {
            var runs: [[[UInt8]?]] = []
            for _ in 0..<2 {
                SimulatedDisk.repeatLogs(seed: 9)
                let disk = SimulatedDisk(seed: 9)
                let ledger = try Ledger(on: disk)
                for number in 1...10 { try await ledger.append(number, bytes: 3_000) }
                disk.ignoresSyncs = true
                for number in 11...20 { try await ledger.append(number, bytes: 3_000) }
                disk.crash()
                runs.append(disk.paths.map { disk.contents(of: $0) })
            }
            #expect(runs[0].count == 2)
            #expect(runs[0] == runs[1])
        }
    }
}
