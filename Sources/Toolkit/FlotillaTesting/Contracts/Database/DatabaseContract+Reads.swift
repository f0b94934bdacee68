internal import FlotillaStorage
internal import Synchronization
internal import Testing

/// Readers beside the writer.
extension DatabaseContract {
    static let reads: [ContractCase<DatabaseEngine>] = [
        ContractCase("a write is seen by every read that begins after its answer") { engine in
            let database = try engine.open()
            for number in 0..<100 {
                try await database.write { try $0.execute(Probe.insert, "n\(number)", number) }
                let count = try await database.read { try $0.first("SELECT COUNT(*) FROM probe") { $0.int(0) } }
                #expect(count == number + 1)
            }
        },
        ContractCase("a read sees one state, whatever is committed meanwhile") { engine in
            let database = try engine.open()
            let commits = CommitCounter()
            database.add(commits)
            try await database.write { try $0.execute(Probe.insert, "before", 1) }
            let gate = ThreadGate()
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    try await database.write { transaction in
                        gate.pass()
                        try transaction.execute(Probe.insert, "meanwhile", 1)
                    }
                }
                try await eventually("the writer is ready") { gate.wasReached }
                let (first, second) = try await database.read { transaction in
                    let first = try transaction.query(Probe.names) { $0.text(0) }
                    gate.open()
                    for _ in 0..<20_000_000 where commits.count < 2 {}
                    return (first, try transaction.query(Probe.names) { $0.text(0) })
                }
                #expect(commits.count == 2, "the writer was not faster than the reader")
                #expect(first == ["before"])
                #expect(second == ["before"])
            }
            #expect(try await Probe.names(in: database) == ["before", "meanwhile"])
        },
        ContractCase("nothing of a write is seen before its commit") { engine in
            let database = try engine.open()
            let gate = ThreadGate()
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    try await database.write { transaction in
                        try transaction.execute(Probe.insert, "early", 1)
                        gate.pass()
                    }
                }
                try await eventually("the row is written") { gate.wasReached }
                #expect(try await Probe.names(in: database).isEmpty)
                gate.open()
            }
            #expect(try await Probe.names(in: database) == ["early"])
        },
        ContractCase("a read that tries to write is refused as the mistake it is, and changes nothing") { engine in
            let database = try engine.open()
            let error = await #expect(throws: StorageError.self) {
                try await database.read { try $0.execute(Probe.insert, "sneaked in", 1) }
            }
            #expect(error?.code == .statement)
            #expect(try await Probe.names(in: database).isEmpty)
        },
        ContractCase("what a read throws comes out, and the reader works on") { engine in
            let database = try engine.open()
            for _ in 0..<20 {
                await #expect(throws: Deliberate.self) {
                    try await database.read { transaction in
                        _ = try transaction.query(Probe.names) { $0.text(0) }
                        throw Deliberate()
                    }
                }
            }
            try await database.write { try $0.execute(Probe.insert, "a", 1) }
            #expect(try await Probe.names(in: database) == ["a"])
        },
        ContractCase("many readers read while many writers write, and each sees whole transactions") { engine in
            let database = try engine.open()
            try await database.write { transaction in
                try transaction.execute(Probe.insert, "left", 1_000)
                try transaction.execute(Probe.insert, "right", 1_000)
            }
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<50 {
                            try await database.write { transaction in
                                try transaction.execute(
                                    "UPDATE probe SET number = number - 1 WHERE name = ?1", "left")
                                try transaction.execute(Probe.increment, "right")
                            }
                        }
                    }
                    group.addTask {
                        for _ in 0..<50 {
                            let sum = try await database.read { transaction in
                                let left = try transaction.first(Probe.number, "left") { $0.int(0) } ?? 0
                                return try transaction.first(Probe.number, "right") { $0.int(0) + left }
                            }
                            #expect(sum == 2_000)
                        }
                    }
                }
            }
        },
        ContractCase("a cancelled task reads nothing") { engine in
            let database = try engine.open()
            let isRefused = await withTaskGroup(of: Bool.self) { group in
                group.cancelAll()
                group.addTask {
                    do {
                        _ = try await Probe.names(in: database)
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                return await group.next() ?? false
            }
            #expect(isRefused)
        },
    ]
}
