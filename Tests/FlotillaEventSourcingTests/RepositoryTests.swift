internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("A repository of aggregates") struct RepositoryTests {
    /// Loads, decides and appends, as a use case does.
    private func fill(_ stage: StoreStage, _ id: String, _ number: Int) async throws -> Loaded<Basket> {
        let now = stage.time.now
        return try await stage.database.write { transaction in
            let loaded = try stage.baskets.load(id, in: transaction)
            return try stage.baskets.append(
                [.filled(number)], to: id, after: loaded, at: now, cause: "c", actor: "ada", in: transaction)
        }
    }

    private func load(_ stage: StoreStage, _ id: String, asOf: Timestamp? = nil) async throws -> Loaded<Basket>? {
        try await stage.database.read { try stage.baskets.load(id, asOf: asOf, in: $0) }
    }

    @Test("an aggregate is the sum of its events")
    func sum() async throws {
        let stage = try StoreStage()
        #expect(try await load(stage, "1") == nil)
        let first = try await fill(stage, "1", 3)
        #expect(first.version == 1)
        #expect(first.state.count == 3)
        let second = try await fill(stage, "1", 4)
        #expect(second.version == 2)
        #expect(second.state.count == 7)
        let loaded = try await load(stage, "1")
        #expect(loaded?.state == second.state)
        #expect(loaded?.version == 2)
        #expect(try await load(stage, "2") == nil)
    }

    @Test("several events of one decision are appended together")
    func several() async throws {
        let stage = try StoreStage()
        let now = stage.time.now
        let loaded = try await stage.database.write { transaction in
            try stage.baskets.append(
                [.filled(5), .emptied, .filled(2)], to: "1", after: nil, at: now, in: transaction)
        }
        #expect(loaded.version == 3)
        #expect(loaded.state.count == 2)
        #expect(loaded.state.changes == 3)
    }

    @Test("a decision on an old state is refused, and changes nothing")
    func conflict() async throws {
        let stage = try StoreStage()
        let old = try await fill(stage, "1", 1)
        _ = try await fill(stage, "1", 1)
        let now = stage.time.now
        let error = await #expect(throws: VersionConflict.self) {
            try await stage.database.write { transaction in
                try stage.baskets.append([.emptied], to: "1", after: old, at: now, in: transaction)
            }
        }
        #expect(error?.actual == 2)
        let again = await #expect(throws: VersionConflict.self) {
            try await stage.database.write { transaction in
                try stage.baskets.append([.emptied], to: "1", after: nil, at: now, in: transaction)
            }
        }
        #expect(again?.expected == 0)
        #expect(try await load(stage, "1")?.state.count == 2)
    }

    @Test("a hundred decisions at once, each in its transaction, are all made")
    func concurrent() async throws {
        let stage = try StoreStage()
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<100 { group.addTask { _ = try await fill(stage, "1", 1) } }
        }
        let loaded = try await load(stage, "1")
        #expect(loaded?.state.count == 100)
        #expect(loaded?.version == 100)
    }

    @Test("decisions made outside of the transaction on what was read before conflict, and succeed when made again")
    func optimistic() async throws {
        let stage = try StoreStage()
        let conflicts = Tally()
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    while true {
                        let loaded = try await load(stage, "1")
                        await Task.yield()
                        let now = stage.time.now
                        do {
                            _ = try await stage.database.write { transaction in
                                try stage.baskets.append(
                                    [.filled(1)], to: "1", after: loaded, at: now, in: transaction)
                            }
                            return
                        } catch is VersionConflict {
                            conflicts.add()
                        }
                    }
                }
            }
        }
        #expect(try await load(stage, "1")?.state.count == 20)
        #expect(conflicts.count > 0, "they never met, so nothing was tested")
    }

    @Test("an aggregate can be seen as it was")
    func asOf() async throws {
        let stage = try StoreStage()
        let start = stage.time.now
        for number in 1...3 {
            stage.time.advance(by: .seconds(60))
            _ = try await fill(stage, "1", number)
        }
        #expect(try await load(stage, "1", asOf: start) == nil)
        let middle = try await load(stage, "1", asOf: start + .seconds(125))
        #expect(middle?.state.count == 3)
        #expect(middle?.version == 2)
        #expect(try await load(stage, "1", asOf: start + .seconds(1_000))?.state.count == 6)
    }

    @Test("old shapes are read as today's, shapes without meaning are skipped, unknown ones are errors")
    func shapes() async throws {
        let stage = try StoreStage()
        let now = stage.time.now
        let dozens = EventRecord(type: "filled.v1", data: Array("2".utf8))
        let painted = EventRecord(type: "painted.v1", data: [])
        try await stage.database.write { transaction in
            try stage.store.append([dozens, painted], to: "basket-1", expected: 0, at: now, in: transaction)
        }
        let loaded = try await load(stage, "1")
        #expect(loaded?.state.count == 24)
        #expect(loaded?.version == 2, "what is skipped counts all the same")
        #expect(try await fill(stage, "1", 1).version == 3)
        let strange = EventRecord(type: "strange.v1", data: [])
        try await stage.database.write { transaction in
            try stage.store.append([strange], to: "basket-1", expected: 3, at: now, in: transaction)
        }
        let error = await #expect(throws: ServiceError.self) { try await load(stage, "1") }
        #expect(error?.slug == "unknown-shape")
    }

    @Test("a stream longer than one read is loaded whole")
    func long() async throws {
        let stage = try StoreStage()
        let now = stage.time.now
        try await stage.database.write { transaction in
            try stage.baskets.append(
                Array(repeating: .filled(1), count: 25_000), to: "1", after: nil, at: now, in: transaction)
        }
        #expect(try await load(stage, "1")?.version == 25_000)
        #expect(try await load(stage, "1")?.state.count == 25_000)
        #expect(try await fill(stage, "1", 1).version == 25_001)
    }

    @Test("the history tells what happened when, why and through whom")
    func history() async throws {
        let stage = try StoreStage()
        _ = try await fill(stage, "1", 1)
        stage.time.advance(by: .seconds(1))
        _ = try await fill(stage, "1", 2)
        let history = try await stage.database.read { try stage.baskets.history("1", in: $0) }
        #expect(history.map(\.type) == ["filled.v2", "filled.v2"])
        #expect(history.map(\.version) == [1, 2])
        #expect(history.allSatisfy { $0.actor == "ada" && $0.cause == "c" })
        #expect(history[1].at - history[0].at == .seconds(1))
    }
}
