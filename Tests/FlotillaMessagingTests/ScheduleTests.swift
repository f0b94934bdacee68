internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("Messages that are to be sent later") struct ScheduleTests {
    private func schedule(
        _ stage: ConsumerStage, _ word: String, in delay: Duration, name: String? = nil
    ) async throws {
        let producer = stage.producer
        let due = stage.time.now + delay
        try await producer.database.write { transaction in
            try producer.outbox.schedule(
                Outgoing(type: TestNode.type, subject: "s", data: Array(word.utf8)), at: due, name: name,
                cause: Cause(.root(producer.world, timeout: .seconds(1))), in: transaction)
        }
    }

    private func running(_ stage: ConsumerStage, _ body: () async throws -> Void) async throws {
        try await whileRunning([stage.producer.outbox.run, stage.consumer().run]) { try await body() }
    }

    @Test("come when they are due, in the order of their times, and not before")
    func due() async throws {
        let stage = try await ConsumerStage()
        try await running(stage) {
            try await schedule(stage, "later", in: .seconds(60))
            try await schedule(stage, "soon", in: .seconds(10))
            await settle()
            stage.time.advance(by: .milliseconds(9_999))
            await settle()
            #expect(try await stage.node.words().isEmpty)
            stage.time.advance(by: .milliseconds(1))
            try await stage.wordsBecome(["soon"])
            try await eventually("the other is due", on: stage.time, step: .seconds(1)) {
                try await stage.node.notes().count == 2
            }
            #expect(stage.time.uptime >= .seconds(60))
            #expect(try await stage.node.words() == ["soon", "later"])
        }
    }

    @Test("that are due now or were long ago come at once")
    func overdue() async throws {
        let stage = try await ConsumerStage()
        try await running(stage) {
            await settle()
            try await schedule(stage, "now", in: .zero)
            try await schedule(stage, "long ago", in: .seconds(-3_600))
            try await eventually("both are there") { try await stage.node.notes().count == 2 }
            #expect(stage.time.uptime == .zero)
        }
    }

    @Test("of one name are one message: it moves with its time")
    func moved() async throws {
        let stage = try await ConsumerStage()
        try await running(stage) {
            try await schedule(stage, "alarm", in: .seconds(10), name: "order-1")
            try await schedule(stage, "alarm", in: .seconds(30), name: "order-1")
            try await schedule(stage, "other", in: .seconds(20), name: "order-2")
            await settle()
            stage.time.advance(by: .seconds(20))
            try await stage.wordsBecome(["other"])
            try await eventually("the alarm comes", on: stage.time, step: .seconds(1)) {
                try await stage.node.notes().count == 2
            }
            #expect(stage.time.uptime >= .seconds(30))
            try await schedule(stage, "again", in: .seconds(60), name: "order-1")
            try await schedule(stage, "again", in: .seconds(1), name: "order-1")
            await settle()
            stage.time.advance(by: .seconds(1))
            try await stage.wordsBecome(["other", "alarm", "again"])
        }
    }

    @Test("that are withdrawn do not come; withdrawing what is gone does nothing")
    func withdrawn() async throws {
        let stage = try await ConsumerStage()
        let producer = stage.producer
        try await running(stage) {
            try await schedule(stage, "never", in: .seconds(5), name: "x")
            try await schedule(stage, "kept", in: .seconds(6), name: "y")
            try await producer.database.write { try producer.outbox.withdrawScheduled(name: "x", in: $0) }
            try await producer.database.write { try producer.outbox.withdrawScheduled(name: "x", in: $0) }
            try await eventually("the other comes", on: stage.time, step: .seconds(1)) {
                try await stage.node.words() == ["kept"]
            }
            stage.time.advance(by: .seconds(60))
            await settle()
            #expect(try await stage.node.words() == ["kept"])
        }
    }

    @Test("survive a restart, and come once although more are due than are sent at a time")
    func restart() async throws {
        let stage = try await ConsumerStage()
        for number in 0..<600 { try await schedule(stage, "\(number)", in: .seconds(60 + Int64(number % 3))) }
        stage.broker.detach(producer: "p")
        stage.producer.database.close()
        stage.time.advance(by: .seconds(3_600))
        let next = try await TestNode.open("p", in: stage.folder, time: stage.time, seed: 2)
        stage.broker.attach(next.outbox)
        try await whileRunning([next.outbox.run, stage.consumer().run]) {
            try await eventually("all are there") { try await stage.node.notes().count >= 600 }
            await settle()
            var expected: [String] = []
            for rest in 0..<3 { expected += stride(from: rest, to: 600, by: 3).map { "\($0)" } }
            #expect(try await stage.node.words() == expected)
        }
    }

    @Test("of a transaction that is taken back are never sent")
    func takenBack() async throws {
        let stage = try await ConsumerStage()
        let producer = stage.producer
        let now = stage.time.now
        try await running(stage) {
            await #expect(throws: HandlerFailed.self) {
                try await producer.database.write { transaction in
                    try producer.outbox.schedule(
                        Outgoing(type: TestNode.type, subject: "s", data: []), at: now,
                        cause: Cause(traceparent: "", correlationID: ""), in: transaction)
                    throw HandlerFailed()
                }
            }
            try await schedule(stage, "kept", in: .seconds(1))
            try await eventually("the other comes", on: stage.time, step: .seconds(1)) {
                try await stage.node.words() == ["kept"]
            }
        }
    }

    @Test("that are scheduled by the one before them each come in time, however the loop is just looking")
    func chain() async throws {
        let stage = try await ConsumerStage()
        let node = stage.node
        let handler = MessageHandler(type: TestNode.type) { transaction, delivery in
            try TestNode.note(delivery, by: "c", in: transaction)
            try node.outbox.schedule(
                Outgoing(type: TestNode.type, subject: "s", data: delivery.message.data),
                at: delivery.now + .milliseconds(10), cause: Cause(delivery.message), in: transaction)
            return []
        }
        stage.broker.attach(node.outbox)
        try await whileRunning([node.outbox.run, stage.consumer(handlers: [handler]).run]) {
            try await stage.producer.send("tick")
            for step in 1...150 {
                var advances = 0
                try await eventually("step \(step) is handled") {
                    if try await node.notes().count > step { return true }
                    let isScheduled = try await node.database.read { try $0.exists("SELECT 1 FROM scheduled") }
                    // The loop sleeps, and something is to be sent: only the clock is missing.
                    if isScheduled, stage.time.sleeperCount > 0 {
                        stage.time.advance(by: .milliseconds(10))
                        advances += 1
                    }
                    return false
                }
                #expect(advances < 20, "step \(step) was \(advances * 10) ms late")
            }
        }
    }
}
