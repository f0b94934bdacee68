internal import FlotillaCore
internal import FlotillaSimulation
internal import FlotillaStorage
internal import Testing

@Suite("Faults of the simulated disk") struct SimulatedDiskFaultTests {
    private let disk = SimulatedDisk(seed: 11)

    @Test("a full disk refuses what does not fit, keeps what was there, and is over when there is room")
    func full() async throws {
        let ledger = try Ledger(on: disk)
        try await ledger.append(1)
        disk.limit(bytes: disk.bytesUsed + 20_000)
        let error = await #expect(throws: StorageError.self) { try await ledger.append(2, bytes: 100_000) }
        #expect(error?.code == .full)
        #expect(disk.statistics.fullErrors > 0)
        #expect(try await ledger.contents() == Ledger.Contents(entries: 1, bytes: 20, damage: nil))
        disk.limit(bytes: nil)
        try await ledger.append(2, bytes: 100_000)
        #expect(try await ledger.contents() == Ledger.Contents(entries: 2, bytes: 200_020, damage: nil))
        disk.limit(bytes: 0)
        await #expect(throws: StorageError.self) { try await ledger.append(3, bytes: 100_000) }
        disk.crash()
        disk.clearFaults()
        #expect(try await Ledger(on: disk).contents().entries == 2)
    }

    @Test("a sync that fails refuses the commit; the next one is fine", arguments: [1, 2, 3])
    func syncError(times: Int) async throws {
        let ledger = try Ledger(on: disk)
        try await ledger.append(1)
        disk.fail(.sync, filesEndingWith: "-wal", times: times)
        for _ in 1...times {
            let error = await #expect(throws: StorageError.self) { try await ledger.append(2) }
            #expect(error?.code == .damaged)
        }
        #expect(disk.statistics.syncErrors == times)
        try await ledger.append(2)
        #expect(try await ledger.contents() == Ledger.Contents(entries: 2, bytes: 40, damage: nil))
    }

    @Test("errors come to the files and operations they were announced for, until they are cleared")
    func targeted() async throws {
        let ledger = try Ledger(on: disk)
        let other = try Ledger(on: disk, path: "/other.sqlite")
        disk.fail(.write, filesEndingWith: "ledger.sqlite-wal")
        for _ in 0..<3 {
            let error = await #expect(throws: StorageError.self) { try await ledger.append(1) }
            #expect(error?.code == .damaged)
        }
        try await other.append(1)
        #expect(try await ledger.contents().entries == 0)
        disk.clearFaults()
        try await ledger.append(1)
        #expect(disk.statistics.writeErrors == 3)
        // What the connections have in memory is read no more.
        disk.fail(.read)
        await #expect(throws: StorageError.self) {
            try await Ledger(on: disk, path: "/other.sqlite").contents()
        }
        #expect(disk.statistics.readErrors > 0)
        disk.clearFaults()
        #expect(try await Ledger(on: disk, path: "/other.sqlite").contents().entries == 1)
    }

    @Test("a commit whose sync failed may be there after a crash, unless another came after it")
    func refusedAndThere() async throws {
        var entries: Set<Int> = []
        for seed in 0..<20 as Range<UInt64> {
            for isFollowed in [false, true] {
                let disk = SimulatedDisk(seed: seed)
                let ledger = try Ledger(on: disk)
                try await ledger.append(1)
                disk.fail(.sync, filesEndingWith: "-wal", times: 1)
                await #expect(throws: StorageError.self) { try await ledger.append(2, bytes: 5_000) }
                if isFollowed { try await ledger.append(2, bytes: 1) }
                disk.crash()
                let contents = try await Ledger(on: disk).contents()
                #expect(contents.damage == nil)
                if isFollowed {
                    #expect(contents == Ledger.Contents(entries: 2, bytes: 22, damage: nil))
                } else {
                    entries.insert(contents.entries)
                }
            }
        }
        #expect(entries == [1, 2])
    }

    @Test("random errors among writes lose nothing that was acknowledged", arguments: 0..<40 as Range<UInt64>)
    func randomErrors(seed: UInt64) async throws {
        let random = SeededRandom(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        let ledger = try Ledger(on: disk)
        try await ledger.checkpoint(everyPages: random.int(in: 5...40))
        var acknowledged = 0
        var wasRefused = false
        for _ in 0..<60 {
            if random.int(in: 0...5) == 0 {
                let operation = SimulatedDisk.Operation.allCases[random.int(in: 0...2)]
                disk.fail(operation, times: random.int(in: 1...3))
            }
            if random.int(in: 0...7) == 0 { disk.limit(bytes: disk.bytesUsed + random.int(in: 0...9_000)) }
            do {
                try await ledger.append(acknowledged + 1, bytes: random.int(in: 1...9_000))
                acknowledged += 1
                wasRefused = false
            } catch let error as StorageError {
                #expect(error.code == .full || error.code == .damaged, "\(error)")
                disk.clearFaults()
                wasRefused = true
            }
        }
        disk.clearFaults()
        let contents = try await ledger.contents()
        #expect(contents.entries == acknowledged)
        #expect(contents.damage == nil)
        disk.crash()
        let left = try await Ledger(on: disk).contents()
        #expect(left.damage == nil)
        // A commit that was refused because its sync failed is in the log, and nothing was written over
        // it: as on a real disk, it may be there after a crash.
        #expect(left == contents || (wasRefused && left.entries == acknowledged + 1))
    }
}
