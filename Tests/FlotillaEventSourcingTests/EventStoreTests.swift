internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("The event store") struct EventStoreTests {
    @Test("a stream's events come back as they were recorded, versions from 1 without gaps")
    func append() async throws {
        let stage = try StoreStage()
        #expect(try await stage.append(["a", "b"], to: "s", expected: 0) == 2)
        stage.time.advance(by: .seconds(5))
        #expect(try await stage.append(["c"], to: "s", expected: 2) == 3)
        let events = try await stage.database.read { try stage.store.read("s", in: $0) }
        #expect(events.map(\.type) == ["a", "b", "c"])
        #expect(events.map(\.version) == [1, 2, 3])
        #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == ["a", "b", "c"])
        #expect(events.allSatisfy { $0.stream == "s" && $0.cause == "c" && $0.actor == "ada" })
        #expect(events[2].at - events[1].at == .seconds(5))
        #expect(try await stage.database.read { try stage.store.version(of: "s", in: $0) } == 3)
        #expect(try await stage.database.read { try stage.store.version(of: "nobody", in: $0) } == 0)
        #expect(try await stage.types(of: "nobody").isEmpty)
    }

    @Test("nothing appended is nothing changed")
    func nothing() async throws {
        let stage = try StoreStage()
        #expect(try await stage.append([], to: "s", expected: 0) == 0)
        try await stage.append(["a"], to: "s", expected: 0)
        #expect(try await stage.append([], to: "s", expected: 1) == 1)
        #expect(try await stage.types(of: "s") == ["a"])
    }

    @Test(
        "whoever decided on another version is told which one it is",
        arguments: [(0, 2), (1, 2), (3, 2), (7, 2)])
    func conflict(expected: Int, actual: Int) async throws {
        let stage = try StoreStage()
        try await stage.append(["a", "b"], to: "s", expected: 0)
        let error = await #expect(throws: VersionConflict.self) {
            try await stage.append(["c", "d"], to: "s", expected: expected)
        }
        #expect(error?.expected == expected)
        #expect(error?.actual == actual)
        #expect(error?.stream == "s")
        #expect(error?.kind == .conflict)
        #expect(error?.isRetryable == true)
        #expect(try await stage.types(of: "s") == ["a", "b"])
    }

    @Test("a new stream that is expected to have events is a conflict")
    func expectsTooMuch() async throws {
        let stage = try StoreStage()
        let error = await #expect(throws: VersionConflict.self) { try await stage.append(["a"], to: "s", expected: 3) }
        #expect(error?.actual == 0)
        #expect(try await stage.types(of: "s").isEmpty)
    }

    @Test("a conflict that is caught leaves nothing of the refused events, whatever else is kept", arguments: [0, 1, 7])
    func caught(expected: Int) async throws {
        let stage = try StoreStage()
        try await stage.append(["a", "b"], to: "s", expected: 0)
        let now = stage.time.now
        let isRefused = try await stage.database.write { transaction in
            do {
                try stage.store.append(
                    [EventRecord(type: "refused", data: []), EventRecord(type: "refused", data: [])], to: "s",
                    expected: expected, at: now, in: transaction)
                return false
            } catch is VersionConflict {
                try stage.store.append(
                    [EventRecord(type: "kept", data: [])], to: "other", expected: 0, at: now, in: transaction)
                return true
            }
        }
        #expect(isRefused)
        #expect(try await stage.types(of: "s") == ["a", "b"])
        #expect(try await stage.types(of: "other") == ["kept"])
        #expect(try await stage.append(["c"], to: "s", expected: 2) == 3)
    }

    @Test("of many who decide on the same version at once one wins, and the others are told")
    func race() async throws {
        let stage = try StoreStage()
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        try await stage.append(["winner-\(number)"], to: "s", expected: 0)
                        return true
                    } catch is VersionConflict {
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        #expect(try await stage.types(of: "s").count == 1)
    }

    @Test("appends to many streams at once share commits, and each stream has its own versions")
    func manyStreams() async throws {
        let stage = try StoreStage()
        try await withThrowingDiscardingTaskGroup { group in
            for stream in 0..<20 {
                group.addTask {
                    for version in 0..<10 {
                        try await stage.append(["\(version)"], to: "s\(stream)", expected: version)
                    }
                }
            }
        }
        let all = try await stage.database.read { try stage.store.readAll(after: 0, limit: 1_000, in: $0) }
        #expect(all.count == 200)
        for stream in 0..<20 {
            let own = all.filter { $0.stream == "s\(stream)" }
            #expect(own.map(\.version) == Array(1...10))
            #expect(own.map(\.type) == (0..<10).map(String.init))
        }
    }

    @Test("all events come in the order of appending, in pages that miss and repeat nothing")
    func readAll() async throws {
        let stage = try StoreStage()
        for number in 0..<50 { try await stage.append(["\(number)"], to: "s\(number % 7)", expected: number / 7) }
        // An append that was refused leaves no hole that a reader could stumble over.
        _ = await #expect(throws: VersionConflict.self) { try await stage.append(["x"], to: "s0", expected: 0) }
        try await stage.append(["50"], to: "s1", expected: 7)
        var types: [String] = []
        var position: Int64 = 0
        while true {
            let page = try await stage.database.read { [position] transaction in
                try stage.store.readAll(after: position, limit: 8, in: transaction)
            }
            guard let last = page.last else { break }
            #expect(page.count <= 8)
            #expect(page.map(\.position) == page.map(\.position).sorted())
            types += page.map(\.type)
            position = last.position
        }
        #expect(types == (0...50).map(String.init))
    }

    @Test("a stream can be read from a version on, in part, and as it was")
    func parts() async throws {
        let stage = try StoreStage()
        var times: [Timestamp] = []
        for number in 0..<6 {
            try await stage.append(["\(number)"], to: "s", expected: number)
            times.append(stage.time.now)
            stage.time.advance(by: .seconds(10))
        }
        func read(after version: Int = 0, asOf: Timestamp? = nil, limit: Int = 100) async throws -> [String] {
            try await stage.database.read {
                try stage.store.read("s", after: version, asOf: asOf, limit: limit, in: $0).map(\.type)
            }
        }
        #expect(try await read(after: 4) == ["4", "5"])
        #expect(try await read(limit: 2) == ["0", "1"])
        #expect(try await read(after: 6).isEmpty)
        #expect(try await read(asOf: times[2]) == ["0", "1", "2"])
        #expect(try await read(asOf: times[2] + .seconds(9)) == ["0", "1", "2"])
        #expect(try await read(asOf: times[0] - .seconds(1)).isEmpty)
        #expect(try await read(after: 1, asOf: times[3]) == ["1", "2", "3"])
    }

    @Test("a wall clock that goes back tears no hole into the past: what was is always a beginning of the stream")
    func clockGoesBack() async throws {
        let stage = try StoreStage()
        let noon = stage.time.now
        for (version, offset) in [0, 10, 5, 20].enumerated() {
            try await stage.database.write { transaction in
                try stage.store.append(
                    [EventRecord(type: "\(version)", data: [])], to: "s", expected: version,
                    at: noon + .seconds(offset), in: transaction)
            }
        }
        let types = try await stage.database.read {
            try stage.store.read("s", asOf: noon + .seconds(7), in: $0).map(\.type)
        }
        #expect(types == ["0"], "2 is from before 1, and cannot be without it")
    }

    @Test("a snapshot is found by its schema, and replaced by the next")
    func snapshots() async throws {
        let stage = try StoreStage()
        func save(_ data: [UInt8], version: Int, schema: Int) async throws {
            try await stage.database.write { transaction in
                try stage.store.save(snapshot: data, of: "s", version: version, schema: schema, in: transaction)
            }
        }
        func find(_ schema: Int, of stream: String = "s") async throws -> (version: Int, data: [UInt8])? {
            try await stage.database.read { try stage.store.snapshot(of: stream, schema: schema, in: $0) }
        }
        #expect(try await find(1) == nil)
        try await save([1], version: 10, schema: 1)
        let first = try await find(1)
        #expect(first?.version == 10)
        #expect(first?.data == [1])
        #expect(try await find(2) == nil, "of another shape")
        #expect(try await find(1, of: "other") == nil)
        try await save([2, 2], version: 20, schema: 2)
        #expect(try await find(1) == nil)
        #expect(try await find(2)?.data == [2, 2])
    }

    @Test("events are there after the database was opened again, and positions go on")
    func reopened() async throws {
        let stage = try StoreStage()
        try await stage.append(["a"], to: "s", expected: 0)
        stage.database.close()
        let again = try Database(
            path: stage.folder.path(of: "events.sqlite"), migrations: [EventStore.migrations],
            world: .manual(stage.time))
        let now = stage.time.now
        try await again.write { transaction in
            try stage.store.append(
                [EventRecord(type: "b", data: [])], to: "s", expected: 1, at: now, in: transaction)
        }
        let all = try await again.read { try stage.store.readAll(after: 0, limit: 10, in: $0) }
        #expect(all.map(\.type) == ["a", "b"])
        #expect(all.map(\.position) == [1, 2])
    }
}
