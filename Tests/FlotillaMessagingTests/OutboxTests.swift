internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("The outbox") struct OutboxTests {
    @Test("rows that were to go with a commit that failed go with a later one")
    func failedCommit() async throws {
        let stage = try await ConsumerStage()
        var options = Outbox.Options()
        options.deleteAtOnce = 1
        let producer = try await TestNode.open("q", in: stage.folder, time: stage.time, options: options)
        let saboteur = Saboteur()
        producer.database.add(saboteur)
        stage.broker.attach(producer.outbox)
        try await whileRunning([producer.outbox.run, stage.consumer().run]) {
            try await producer.send("1")
            try await stage.wordsBecome(["1"])
            await settle()
            saboteur.strike()
            await #expect(throws: HandlerFailed.self) { try await producer.send("lost") }
            #expect(try await producer.outboxRows() == 1)
            try await eventually("the row is gone", on: stage.time, step: .seconds(1)) {
                try await producer.outboxRows() == 0
            }
            #expect(try await stage.node.words() == ["1"])
        }
    }

    @Test("what is read after a sequence is the same from memory and from the table", arguments: [4, 1_000])
    func tail(tailMax: Int) async throws {
        let folder = try TemporaryFolder()
        var options = Outbox.Options()
        options.tailMax = tailMax
        let node = try await TestNode.open("p", in: folder, time: ManualTime(), options: options)
        for number in 0..<30 {
            try await node.send("\(number)")
            // Gaps: what a transaction took back does not leave any, what was deleted does.
            guard number == 10 else { continue }
            try await node.database.write { try $0.execute("DELETE FROM outbox WHERE sequence < 4") }
        }
        #expect(node.outbox.lastSequence == 30)
        for start in [0, 3, 4, 15, 25, 26, 27, 29, 30, 31] as [Int64] {
            for limit in [1, 3, 100] {
                let read = try await node.outbox.read(after: start, limit: limit)
                let first = tailMax < 30 ? max(start, 3) : start
                let expected = (first..<max(first, 30)).prefix(limit).map { $0 + 1 }
                #expect(read.map(\.sequence) == Array(expected), "after \(start), at most \(limit)")
            }
        }
    }

    @Test("a consumer passes rows that are gone once, and does not look for them again")
    func gone() async throws {
        let stage = try await ConsumerStage()
        let producer = try await TestNode.open("q", in: stage.folder, time: stage.time)
        for number in 0..<5 { try await producer.send("\(number)") }
        try await producer.database.write { try $0.execute("DELETE FROM outbox") }
        // As after a restart: neither the table nor the memory has any, and the sequence goes on.
        let restarted = try await Outbox(producer: "q", database: producer.database, world: producer.world)
        #expect(restarted.lastSequence == 5)
        stage.broker.attach(restarted)
        let subscription = stage.broker.subscribe(ConsumerStage.interest, watermarks: [:])
        #expect(try await subscription.next(limit: 10, atMost: .zero).isEmpty)
        // Whoever looked into the table now would fail.
        producer.database.close()
        #expect(try await subscription.next(limit: 10, atMost: .zero).isEmpty)
    }
}

/// Makes the next commit fail, after the outbox has prepared for it.
private final class Saboteur: CommitParticipant {
    private let strikes = Tally()
    private let done = Tally()

    func strike() { strikes.add() }

    func mark() -> Int { 0 }
    func rollback(to mark: Int) {}
    func committed() {}
    func willCommit(in transaction: Transaction) throws {
        guard strikes.count > done.count else { return }
        done.add()
        throw HandlerFailed()
    }
}
