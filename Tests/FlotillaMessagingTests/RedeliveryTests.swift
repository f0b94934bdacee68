internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("A message that cannot be handled") struct RedeliveryTests {
    private let policy = RedeliveryPolicy(attemptsMax: 4, firstDelay: .seconds(1), delayMax: .seconds(3))

    @Test("is tried again after pauses that double up to a limit, and not before")
    func backoff() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("bad", times: 3)
        let patient = RedeliveryPolicy(attemptsMax: 6, firstDelay: .seconds(1), delayMax: .seconds(3))
        try await whileRunning([stage.consumer(policy: patient).run]) {
            try await stage.producer.send("bad")
            try await stage.triesBecome(1, of: "bad")
            for (pause, tries) in [(1_000, 2), (2_000, 3)] {
                try await eventually("the consumer waits") { stage.time.sleeperCount >= 1 }
                stage.time.advance(by: .milliseconds(pause - 1))
                await settle()
                #expect(stage.node.script.tries(of: "bad") == tries - 1, "tried before its pause of \(pause) ms")
                stage.time.advance(by: .milliseconds(1))
                try await stage.triesBecome(tries, of: "bad")
            }
            #expect(try await stage.node.words().isEmpty)
            try await eventually("the consumer waits") { stage.time.sleeperCount >= 1 }
            stage.time.advance(by: .milliseconds(2_999))
            await settle()
            #expect(try await stage.node.words().isEmpty, "the fourth pause is limited to 3 s and not shorter")
            stage.time.advance(by: .milliseconds(1))
            try await stage.wordsBecome(["bad"])
            #expect(try await stage.node.notes().map(\.attempt) == [4])
            #expect(try await stage.node.heldRows() == 0)
        }
    }

    @Test("holds up its own subject and no other; the subject goes on in order once it is handled")
    func otherSubjects() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("bad")
        try await whileRunning([stage.consumer(policy: policy).run]) {
            try await stage.producer.send("bad", subject: "sick")
            for number in 0..<5 {
                try await stage.producer.send("sick-\(number)", subject: "sick")
                try await stage.producer.send("well-\(number)", subject: "well")
            }
            try await stage.wordsBecome((0..<5).map { "well-\($0)" })
            #expect(try await stage.node.heldRows() == 6)
            stage.node.script.heal("bad")
            stage.time.advance(by: .seconds(1))
            let all = (0..<5).map { "well-\($0)" } + ["bad"] + (0..<5).map { "sick-\($0)" }
            try await stage.wordsBecome(all)
            #expect(try await stage.node.heldRows() == 0)
            try await stage.producer.send("sick-5", subject: "sick")
            try await stage.wordsBecome(all + ["sick-5"])
        }
    }

    @Test("costs the rest of its batch nothing: each other message is handled once")
    func batch() async throws {
        let stage = try await ConsumerStage()
        for number in stride(from: 0, to: 200, by: 20) { stage.node.script.fail("\(number)") }
        for number in 0..<200 { try await stage.producer.send("\(number)", subject: "s\(number)") }
        let good = (0..<200).filter { !$0.isMultiple(of: 20) }.map(String.init)
        try await whileRunning([stage.consumer(policy: policy).run]) {
            try await stage.wordsBecome(good)
            #expect(try await stage.node.heldRows() == 10)
        }
    }

    @Test("is a dead letter after its last try; its subject stays parked, also for a consumer that is restarted")
    func deadLetter() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("bad")
        let first = stage.consumer(policy: policy)
        try await whileRunning([first.run]) {
            try await stage.producer.send("bad", subject: "sick")
            try await stage.producer.send("behind", subject: "sick")
            try await eventually("it is dead", on: stage.time, step: .seconds(1)) {
                try await first.deadLetterCount() == 1
            }
        }
        let second = stage.consumer(policy: policy)
        try await whileRunning([second.run]) {
            try await stage.producer.send("further behind", subject: "sick")
            try await stage.producer.send("well", subject: "well")
            try await stage.wordsBecome(["well"])
            stage.time.advance(by: .seconds(3_600))
            await settle()
            #expect(try await stage.node.words() == ["well"])
            let letter = try #require(try await second.deadLetters().first)
            #expect(letter.consumer == "c")
            #expect(String(decoding: letter.message.data, as: UTF8.self) == "bad")
            #expect(letter.message.source == "p")
            #expect(letter.attempts == 4)
            #expect(letter.error == HandlerFailed().description)
            #expect(letter.waiting == 2)
            #expect(letter.diedAt < stage.time.now)
        }
    }

    @Test("that nobody can decode is a dead letter at once")
    func undecodable() async throws {
        let stage = try await ConsumerStage()
        let handler = MessageHandler(Number.self) { transaction, number, delivery in
            try TestNode.note(delivery, by: "c", in: transaction)
            return []
        }
        let consumer = stage.consumer(policy: policy, handlers: [handler])
        try await whileRunning([consumer.run]) {
            try await stage.producer.send("1")
            try await stage.producer.send("not a number", subject: "other")
            try await stage.producer.send("2")
            try await stage.wordsBecome(["1", "2"])
            try await eventually("it is dead") { try await consumer.deadLetterCount() == 1 }
            let letter = try #require(try await consumer.deadLetters().first)
            #expect(letter.attempts == 1)
            #expect(letter.error.contains(Number.messageType))
            #expect(stage.time.uptime == .zero)
        }
    }

    @Test("while the database is in trouble no message is blamed: they wait, and are handled in order")
    func outage() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("2", times: 3, with: StorageError(.full, "the disk is full"))
        try await whileRunning([stage.consumer(policy: policy).run]) {
            try await stage.producer.send(["1", "2", "3"])
            try await eventually("all is handled", on: stage.time, step: .seconds(1)) {
                try await stage.node.notes().count == 3
            }
            #expect(try await stage.node.words() == ["1", "2", "3"])
            #expect(try await stage.node.heldRows() == 0)
        }
    }

    @Test("a batch that is offered twice is handled once")
    func twice() async throws {
        let stage = try await ConsumerStage()
        let words = (0..<300).map(String.init)
        stage.node.script.fail("7", times: 2)
        try await whileRunning([stage.consumer(policy: policy, on: StutteringBroker(broker: stage.broker)).run]) {
            for word in words { try await stage.producer.send(word, subject: "s\(word)") }
            try await eventually("all is handled", on: stage.time, step: .seconds(1)) {
                try await stage.node.notes().count >= 300
            }
            await settle()
            #expect(try await stage.node.words().sorted() == words.sorted())
        }
    }

    @Test("more subjects than are looked at together are all retried")
    func manySubjects() async throws {
        let stage = try await ConsumerStage()
        let words = (0..<150).map(String.init)
        for word in words { stage.node.script.fail(word, times: 2) }
        try await whileRunning([stage.consumer(policy: policy).run]) {
            for word in words { try await stage.producer.send(word, subject: "s\(word)") }
            try await eventually("all is handled", on: stage.time, step: .milliseconds(500)) {
                try await stage.node.notes().count >= 150
            }
            #expect(Set(try await stage.node.words()) == Set(words))
            #expect(try await stage.node.heldRows() == 0)
        }
    }

    @Test("an answer keeps the trace, the correlation and the saga of what it answers")
    func answers() async throws {
        let stage = try await ConsumerStage()
        let handler = MessageHandler(type: TestNode.type) { _, delivery in
            [
                Outgoing(type: "test.answer.v1", subject: delivery.subject, data: [1]),
                Outgoing(type: "test.news.v1", subject: delivery.subject, data: [2], saga: ""),
            ]
        }
        try await whileRunning([stage.consumer(handlers: [handler]).run]) {
            try await stage.producer.send("question", subject: "s-9", saga: "checkout/2")
            try await eventually("it is answered") { stage.node.outbox.lastSequence == 2 }
        }
        let question = try #require(try await stage.producer.outbox.read(after: 0, limit: 1).first?.message)
        let answers = try await stage.node.outbox.read(after: 0, limit: 10).map(\.message)
        #expect(answers.map(\.type) == ["test.answer.v1", "test.news.v1"])
        #expect(answers.map(\.saga) == ["checkout/2", ""])
        for answer in answers {
            #expect(answer.source == "c")
            #expect(answer.subject == "s-9")
            let asked = TraceContext(traceparent: question.traceparent)
            let answered = TraceContext(traceparent: answer.traceparent)
            #expect(answered?.traceID == asked?.traceID && answered?.spanID != asked?.spanID)
            #expect(answer.correlationID == question.correlationID)
            #expect(answer.causationID == question.id)
            #expect(answer.id != question.id)
        }
    }
}

/// A payload that is digits, or nothing.
private struct Number: MessagePayload {
    static let messageType = TestNode.type
    var value: Int

    init(messageBytes: [UInt8]) throws {
        guard let value = Int(String(decoding: messageBytes, as: UTF8.self)) else { throw HandlerFailed() }
        self.value = value
    }

    func messageBytes() -> [UInt8] { Array("\(value)".utf8) }
}
