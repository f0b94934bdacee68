internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("What operators do with dead letters") struct DeadLetterTests {
    private let policy = RedeliveryPolicy(attemptsMax: 1)

    /// A stage with dead letters of these words, each of a subject of its own, and one message behind each.
    private func stage(dead words: [String]) async throws -> ConsumerStage {
        let stage = try await ConsumerStage()
        for word in words { stage.node.script.fail(word) }
        try await whileRunning([stage.consumer(policy: policy).run]) {
            for word in words {
                try await stage.producer.send(word, subject: word)
                try await stage.producer.send("behind \(word)", subject: word)
            }
            try await eventually("all are held") { try await stage.node.heldRows() == words.count * 2 }
        }
        return stage
    }

    @Test("a replayed letter is handled, and what waited behind it after it")
    func replay() async throws {
        let stage = try await stage(dead: ["bad"])
        let consumer = stage.consumer(policy: policy)
        try await whileRunning([consumer.run]) {
            stage.node.script.heal("bad")
            let id = try #require(try await consumer.deadLetters().first?.id)
            #expect(try await consumer.replay(id))
            try await stage.wordsBecome(["bad", "behind bad"])
            #expect(try await consumer.deadLetterCount() == 0)
            #expect(try await stage.node.heldRows() == 0)
            #expect(try await consumer.replay(id) == false)
            try await stage.producer.send("new", subject: "bad")
            try await stage.wordsBecome(["bad", "behind bad", "new"])
        }
    }

    @Test("a replayed letter that fails again is dead again, and what waits behind it still waits")
    func replayFails() async throws {
        let stage = try await stage(dead: ["bad"])
        let consumer = stage.consumer(policy: policy)
        try await whileRunning([consumer.run]) {
            let before = stage.node.script.tries(of: "bad")
            let id = try #require(try await consumer.deadLetters().first?.id)
            #expect(try await consumer.replay(id))
            try await stage.triesBecome(before + 1, of: "bad")
            try await eventually("it is dead again") { try await consumer.deadLetterCount() == 1 }
            let letter = try #require(try await consumer.deadLetters().first)
            #expect(letter.id == id)
            #expect(letter.waiting == 1)
            #expect(try await stage.node.words().isEmpty)
        }
    }

    @Test("a discarded letter is gone, and what waited behind it goes on")
    func discard() async throws {
        let stage = try await stage(dead: ["bad"])
        let consumer = stage.consumer(policy: policy)
        try await whileRunning([consumer.run]) {
            let id = try #require(try await consumer.deadLetters().first?.id)
            #expect(try await consumer.discard(id))
            try await stage.wordsBecome(["behind bad"])
            #expect(try await consumer.discard(id) == false)
            #expect(try await stage.node.heldRows() == 0)
            try await stage.producer.send("new", subject: "bad")
            try await stage.wordsBecome(["behind bad", "new"])
        }
    }

    @Test("letters are listed oldest first, in pages, and are found by a consumer that does not run")
    func list() async throws {
        let words = (0..<5).map { "bad\($0)" }
        let stage = try await stage(dead: words)
        let consumer = stage.consumer(policy: policy)
        let first = try await consumer.deadLetters(limit: 2)
        let rest = try await consumer.deadLetters(after: try #require(first.last?.id), limit: 100)
        #expect((first + rest).map { String(decoding: $0.message.data, as: UTF8.self) } == words)
        #expect(first.count == 2)
        #expect(first.allSatisfy { $0.waiting == 1 })
        let id = try #require(rest.last?.id)
        #expect(try await consumer.discard(id))
        try await whileRunning([consumer.run]) { try await stage.wordsBecome(["behind bad4"]) }
    }

    @Test("a letter that still waits for its next try is not listed, and cannot be replayed or discarded")
    func notDead() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("bad")
        let consumer = stage.consumer()
        try await whileRunning([consumer.run]) {
            try await stage.producer.send("bad")
            try await eventually("it is held") { try await stage.node.heldRows() == 1 }
            #expect(try await consumer.deadLetters().isEmpty)
            #expect(try await consumer.replay(1) == false)
            #expect(try await consumer.discard(1) == false)
            #expect(try await stage.node.heldRows() == 1)
        }
    }

    @Test("a rehearsal tells what would be sent or what would fail, and leaves nothing behind")
    func rehearse() async throws {
        let stage = try await ConsumerStage()
        let script = stage.node.script
        let handler = MessageHandler(type: TestNode.type) { transaction, delivery in
            try TestNode.note(delivery, by: "c", in: transaction)
            try script.play(delivery.message)
            return [Outgoing(type: "test.answer.v1", subject: delivery.subject, data: [])]
        }
        script.fail("bad")
        let consumer = stage.consumer(policy: policy, handlers: [handler])
        try await whileRunning([consumer.run]) {
            try await stage.producer.send("bad")
            try await eventually("it is dead") { try await consumer.deadLetterCount() == 1 }
            let id = try #require(try await consumer.deadLetters().first?.id)
            let failed = try await consumer.rehearse(id)
            #expect(throws: HandlerFailed.self) { try failed?.get() }
            script.heal("bad")
            #expect(try await consumer.rehearse(id)?.get() == ["test.answer.v1"])
            #expect(try await consumer.rehearse(id + 1) == nil)
            #expect(try await stage.node.words().isEmpty)
            #expect(stage.node.outbox.lastSequence == 0)
            #expect(try await consumer.deadLetterCount() == 1)
            #expect(try await consumer.replay(id))
            try await stage.wordsBecome(["bad"])
        }
    }

    @Test("a message that joins its subject's queue in the moment in which the letter is discarded is not forgotten")
    func discardBetween() async throws {
        var options = Database.Options()
        options.groupWritesMax = 1
        let stage = try await ConsumerStage(database: options)
        let (node, script) = (stage.node, stage.node.script)
        script.fail("bad")
        let consumer = stage.consumer(policy: policy)
        try await whileRunning([consumer.run]) {
            try await stage.producer.send("bad")
            try await eventually("it is dead") { try await consumer.deadLetterCount() == 1 }
            let id = try #require(try await consumer.deadLetters().first?.id)
            let (first, second) = (ThreadGate(), ThreadGate())
            try await withThrowingTaskGroup(of: Void.self) { group in
                // The writer does in this order: the discarding, a pause, the batch with the message that joins.
                group.addTask { _ = try await node.database.write { _ in first.pass() } }
                try await eventually("the writer is held up") { first.wasReached }
                async let isDiscarded = consumer.discard(id)
                try await eventually("the discarding waits") { node.database.queuedWrites == 1 }
                group.addTask { _ = try await node.database.write { _ in second.pass() } }
                try await eventually("the pause waits") { node.database.queuedWrites == 2 }
                try await stage.producer.send("joins")
                try await eventually("the batch waits") { node.database.queuedWrites == 3 }
                first.open()
                #expect(try await isDiscarded)
                second.open()
                try await group.waitForAll()
            }
            try await stage.wordsBecome(["joins"])
            #expect(try await node.heldRows() == 0)
        }
    }

    @Test("letters that are discarded while messages of their subject arrive lose none of them, and keep the order")
    func discardUnderLoad() async throws {
        let stage = try await ConsumerStage()
        let subjects = (0..<40).map { "s\($0)" }
        for subject in subjects { stage.node.script.fail("\(subject) bad") }
        let consumer = stage.consumer(policy: policy)
        try await whileRunning([consumer.run]) {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    for subject in subjects { try await stage.producer.send("\(subject) bad", subject: subject) }
                    for round in 0..<10 {
                        for subject in subjects { try await stage.producer.send("\(round)", subject: subject) }
                    }
                }
                group.addTask {
                    var discarded = 0
                    while discarded < subjects.count {
                        for letter in try await consumer.deadLetters() where try await consumer.discard(letter.id) {
                            discarded += 1
                        }
                        await Task.yield()
                    }
                }
            }
            try await eventually("every message is handled") { try await stage.node.notes().count >= 400 }
            let notes = try await stage.node.notes()
            for subject in subjects {
                #expect(notes.filter { $0.subject == subject }.map(\.word) == (0..<10).map(String.init))
            }
            #expect(try await stage.node.heldRows() == 0)
        }
    }
}
