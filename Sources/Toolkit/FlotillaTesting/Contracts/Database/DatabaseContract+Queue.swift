internal import FlotillaCore
internal import FlotillaStorage
internal import Testing

/// Writes that wait: cancelled, too many, too late.
extension DatabaseContract {
    static let queue: [ContractCase<DatabaseEngine>] = [
        ContractCase("cancelling takes a waiting write out of the queue; the others are done") { engine in
            let database = try engine.open()
            let gate = ThreadGate()
            let runs = Tally()
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { _ = try await database.write { _ in gate.pass() } }
                try await eventually("the writer is held up") { gate.wasReached }
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask {
                        await #expect(throws: CancellationError.self) {
                            try await database.write { transaction in
                                runs.add()
                                try transaction.execute(Probe.insert, "cancelled", 1)
                            }
                        }
                    }
                    try await eventually("the write waits") { database.queuedWrites == 1 }
                    inner.cancelAll()
                    try await inner.waitForAll()
                }
                #expect(database.queuedWrites == 0)
                group.addTask { _ = try await database.write { try $0.execute(Probe.insert, "kept", 1) } }
                try await eventually("the next write waits") { database.queuedWrites == 1 }
                gate.open()
            }
            #expect(runs.count == 0)
            #expect(try await Probe.names(in: database) == ["kept"])
        },
        ContractCase("a write that has begun is finished although its task is cancelled") { engine in
            let database = try engine.open()
            let gate = ThreadGate()
            let rows = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    try await database.write { transaction in
                        gate.pass()
                        return try transaction.execute(Probe.insert, "begun", 1)
                    }
                }
                try await eventually("the write has begun") { gate.wasReached }
                group.cancelAll()
                gate.open()
                return try await group.next()
            }
            #expect(rows == 1)
            #expect(try await Probe.names(in: database) == ["begun"])
        },
        ContractCase("a task that is cancelled already writes nothing") { engine in
            let database = try engine.open()
            let isRefused = await withTaskGroup(of: Bool.self) { group in
                group.cancelAll()
                group.addTask {
                    do {
                        try await database.write { try $0.execute(Probe.insert, "late", 1) }
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                return await group.next() ?? false
            }
            #expect(isRefused)
            #expect(try await Probe.names(in: database).isEmpty)
        },
        ContractCase("more writes than may wait are refused at once, and work again when there is room") { engine in
            var options = Database.Options()
            options.queuedWritesMax = 2
            let database = try engine.open(options: options)
            let gate = ThreadGate()
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { _ = try await database.write { _ in gate.pass() } }
                try await eventually("the writer is held up") { gate.wasReached }
                for number in 0..<2 {
                    group.addTask { _ = try await database.write { try $0.execute(Probe.insert, "n\(number)", 1) } }
                    try await eventually("the write waits") { database.queuedWrites == number + 1 }
                }
                let error = await #expect(throws: StorageError.self) {
                    try await database.write { try $0.execute(Probe.insert, "refused", 1) }
                }
                #expect(error?.code == .queueFull)
                #expect(error?.kind == .unavailable)
                #expect(error?.retryAfter != nil)
                gate.open()
            }
            #expect(try await database.write { try $0.execute(Probe.insert, "after", 1) } == 1)
            #expect(try await Probe.names(in: database) == ["after", "n0", "n1"])
        },
        ContractCase("closing finishes the waiting writes and refuses later ones; closing twice is closing once") {
            engine in
            let database = try engine.open()
            let gate = ThreadGate()
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { _ = try await database.write { _ in gate.pass() } }
                try await eventually("the writer is held up") { gate.wasReached }
                group.addTask { _ = try await database.write { try $0.execute(Probe.insert, "waiting", 1) } }
                try await eventually("the write waits") { database.queuedWrites == 1 }
                gate.open()
                database.close()
            }
            database.close()
            let written = await #expect(throws: StorageError.self) {
                try await database.write { try $0.execute(Probe.insert, "late", 1) }
            }
            #expect(written?.code == .closed)
            let read = await #expect(throws: StorageError.self) { try await Probe.names(in: database) }
            #expect(read?.code == .closed)
            #expect(try await Probe.names(in: engine.open()) == ["waiting"])
        },
        ContractCase("what was written is there after the database was opened again") { engine in
            for round in 0..<3 {
                let database = try engine.open()
                try await database.write { try $0.execute(Probe.insert, "round\(round)", round) }
                database.close()
            }
            #expect(try await Probe.names(in: engine.open()) == ["round0", "round1", "round2"])
        },
    ]
}
