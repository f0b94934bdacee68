internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("Activities") struct ActivityTests {
    @Test("what is asked for is done once, its result committed once, and told with its saga")
    func done() async throws {
        let stage = try await ActivityStage.make()
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["1"])
            try await eventually("it is committed") { try await stage.committed() == ["1 done"] }
            #expect(stage.performed == ["1"])
            #expect(try await stage.activities.openCount() == 0)
            let told = try await stage.node.outbox.read(after: 0, limit: 10).map(\.message)
            #expect(told.map(\.subject) == ["1"])
            #expect(told.map(\.saga) == ["checkout/1"])
            #expect(told.map(\.correlationID) == ["correlation"])
        }
    }

    @Test("asking twice while it is open is asking once; asking again after it is done is another one")
    func twice() async throws {
        let stage = try await ActivityStage.make()
        stage.hold(true)
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["1", "1"])
            try await stage.start(["1"])
            try await eventually("it is begun") { stage.performed == ["1"] }
            #expect(try await stage.activities.openCount() == 1)
            stage.hold(false)
            try await eventually("it is committed", on: stage.time) { try await stage.committed() == ["1 done"] }
            try await stage.start(["1"])
            try await eventually("it is done again", on: stage.time) { try await stage.committed().count == 2 }
            #expect(stage.performed == ["1", "1"])
        }
    }

    @Test("what a transaction took back is not done")
    func takenBack() async throws {
        let stage = try await ActivityStage.make()
        try await whileRunning([stage.activities.run]) {
            await #expect(throws: HandlerFailed.self) {
                try await stage.node.database.write { transaction in
                    try stage.activities.start(
                        "work", id: "1", subject: "1", input: Word("1"),
                        cause: Cause(traceparent: "", correlationID: ""), in: transaction)
                    throw HandlerFailed()
                }
            }
            try await stage.start(["2"])
            try await eventually("the other is committed") { try await stage.committed() == ["2 done"] }
            stage.time.advance(by: .seconds(10))
            await settle()
            #expect(stage.performed == ["2"])
        }
    }

    @Test("a failure is tried again after pauses that double, and not before; other activities go on meanwhile")
    func retries() async throws {
        let stage = try await ActivityStage.make()
        stage.fail("bad", times: 3)
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["bad", "good"])
            try await eventually("the good one is committed") { try await stage.committed() == ["good done"] }
            for (tries, pause) in [(1, 1_000), (2, 2_000), (3, 4_000)] {
                try await eventually("try \(tries) is written down") {
                    try await stage.node.database.read {
                        try $0.exists("SELECT 1 FROM activities WHERE id = 'bad' AND attempts = ?1", tries)
                    }
                }
                await settle()
                stage.time.advance(by: .milliseconds(pause - 1))
                await settle()
                #expect(stage.performed.count { $0 == "bad" } == tries, "tried before its pause was over")
                stage.time.advance(by: .milliseconds(1))
                try await eventually("try \(tries + 1) is done") {
                    stage.performed.count { $0 == "bad" } == tries + 1
                }
            }
            try await eventually("it is committed") { try await stage.committed() == ["good done", "bad done"] }
        }
    }

    @Test("a failure that is final, or the last try, is committed as such")
    func finalFailures() async throws {
        let stage = try await ActivityStage.make()
        stage.fail("final", times: 9, with: ServiceError(.conflict, "no-way", "Not this one."))
        stage.fail("stubborn", times: 9, with: ServiceError.unavailable("the outside"))
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["final", "stubborn"])
            try await eventually("both are committed", on: stage.time, step: .seconds(1)) {
                try await stage.committed().count == 2
            }
            let committed = try await stage.committed()
            #expect(committed[0].hasPrefix("final failed: no-way"))
            #expect(committed[1].hasPrefix("stubborn failed: unavailable"))
            #expect(stage.performed.count { $0 == "final" } == 1)
            #expect(stage.performed.count { $0 == "stubborn" } == 4)
            #expect(try await stage.activities.openCount() == 0)
        }
    }

    @Test("a commit that fails leaves nothing, and is tried again with the work done again")
    func commitFails() async throws {
        let stage = try await ActivityStage.make()
        stage.failCommit("1", times: 2)
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["1"])
            try await eventually("it is committed", on: stage.time, step: .milliseconds(500)) {
                try await stage.committed().isEmpty == false
            }
            #expect(try await stage.committed() == ["1 done"])
            #expect(stage.node.outbox.lastSequence == 1)
            #expect(stage.performed == ["1", "1", "1"])
        }
    }

    @Test("a result can lead to a further activity, asked for in the same transaction and for the same saga")
    func further() async throws {
        let time = ManualTime()
        let node = try await TestNode.open("a", in: try TemporaryFolder(), time: time)
        let work = Activity(
            "work", perform: { (word: Word, task, _) -> Word in Word("\(word.text) \(task.id)") },
            commit: { activities, transaction, word, task, result in
                if task.id != "3" {
                    let next = String((Int(task.id) ?? 0) + 1)
                    try activities.start(
                        "work", id: next, subject: "s", input: word, cause: task.cause, in: transaction)
                }
                return [try Outgoing(try result.get(), subject: "s")]
            })
        let activities = Activities(
            [work], database: node.database, outbox: node.outbox, world: node.world, telemetry: node.telemetry)
        try await whileRunning([activities.run]) {
            try await node.database.write { transaction in
                try activities.start(
                    "work", id: "1", subject: "s", input: Word("step"),
                    cause: Cause(traceparent: "", correlationID: "c", saga: "checkout/1"), in: transaction)
            }
            // The clock stands still: nothing waits for the next look at the table.
            try await eventually("all three were told") { try await node.outboxRows() == 3 }
        }
        #expect(try await activities.openCount() == 0)
        let told = try await node.outbox.read(after: 0, limit: 10).map(\.message)
        #expect(told.map { String(decoding: $0.data, as: UTF8.self) } == ["step 1", "step 2", "step 3"])
        #expect(told.allSatisfy { $0.saga == "checkout/1" && $0.correlationID == "c" })
    }

    @Test("what was under way when the service died is done again by the next incarnation, and committed once")
    func crash() async throws {
        let first = try await ActivityStage.make()
        first.hold(true)
        try await whileRunning([first.activities.run]) {
            try await first.start(["1", "2"])
            try await eventually("both are begun") { first.performed.count == 2 }
        }
        first.hold(false)
        let second = try await ActivityStage.make(after: first)
        try await whileRunning([second.activities.run]) {
            try await eventually("both are committed") { try await second.committed().count == 2 }
            #expect(try await second.committed().sorted() == ["1 done", "2 done"])
            #expect(second.performed.sorted() == ["1", "1", "2", "2"])
        }
    }

    @Test("two incarnations that overlap both do it, and commit it once")
    func overlap() async throws {
        let first = try await ActivityStage.make()
        first.hold(true)
        try await first.start(["1"])
        let second = try await ActivityStage.make(after: first)
        try await whileRunning([first.activities.run, second.activities.run]) {
            try await eventually("both have begun") { first.performed == ["1", "1"] }
            first.hold(false)
            try await eventually("it is committed", on: first.time) { try await first.committed().isEmpty == false }
            try await eventually("nothing is open", on: first.time) {
                first.underWay("work") == 0
            }
            await settle()
            #expect(try await first.committed() == ["1 done"])
            #expect(first.node.outbox.lastSequence + second.node.outbox.lastSequence == 1)
        }
    }

    @Test("of each activity so many are under way as it allows, whatever the others may")
    func concurrency() async throws {
        let stage = try await ActivityStage.make([("narrow", 2), ("wide", 8)])
        stage.hold(true)
        try await whileRunning([stage.activities.run]) {
            try await stage.start((0..<20).map { "n\($0)" }, "narrow")
            try await stage.start((0..<20).map { "w\($0)" }, "wide")
            try await eventually("as many as may be are under way") {
                stage.underWay("narrow") == 2 && stage.underWay("wide") == 8
            }
            await settle()
            #expect(stage.performed.count == 10)
            stage.hold(false)
            try await eventually("all are committed", on: stage.time) { try await stage.committed().count == 40 }
            #expect(stage.underWayMax("narrow") == 2)
            #expect(stage.underWayMax("wide") == 8)
        }
    }

    @Test("more than memory holds are all done once, without waiting for the next look at the table")
    func overflow() async throws {
        let stage = try await ActivityStage.make([("work", 64)])
        stage.hold(true)
        let ids = (0..<5_000).map(String.init)
        try await whileRunning([stage.activities.run]) {
            for start in stride(from: 0, to: ids.count, by: 500) {
                try await stage.start(Array(ids[start..<start + 500]))
            }
            try await eventually("some have begun") { stage.underWay("work") == 64 }
            stage.hold(false)
            try await eventually("the first are done", on: stage.time, step: .milliseconds(10)) {
                stage.performed.count > 128
            }
            // From here on the clock stands still.
            try await eventually("all are committed") { try await stage.activities.openCount() == 0 }
            #expect(try await Set(stage.committed()).count == 5_000)
            #expect(stage.performed.count == 5_000, "some were done twice")
        }
    }

    @Test("five thousand that wait since before the start are all done")
    func backlog() async throws {
        let first = try await ActivityStage.make([("work", 64)])
        try await first.start((0..<5_000).map(String.init))
        let second = try await ActivityStage.make([("work", 64)], after: first)
        try await whileRunning([second.activities.run]) {
            try await eventually("all are committed") { try await second.activities.openCount() == 0 }
            #expect(second.performed.count == 5_000, "some were done twice")
            #expect(second.time.uptime == .zero)
        }
    }
}
