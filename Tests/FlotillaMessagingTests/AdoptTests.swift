internal import FlotillaCore
@testable internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

/// Policies that change while messages and activities are under way.
@Suite("Other policies for what runs") struct AdoptTests {
    @Test("a consumer's next pause is that of the new policy; what is held keeps its time")
    func pauses() async throws {
        let stage = try await ConsumerStage()
        stage.node.script.fail("bad", times: 3)
        let consumer = stage.consumer(
            policy: RedeliveryPolicy(attemptsMax: 9, firstDelay: .seconds(1), delayMax: .seconds(1)))
        try await whileRunning([consumer.run]) {
            try await stage.producer.send("bad")
            try await stage.triesBecome(1, of: "bad")
            consumer.adopt(
                RedeliveryPolicy(attemptsMax: 3, firstDelay: .seconds(5), delayMax: .seconds(5)), batchMax: 1)
            try await eventually("the consumer waits") { stage.time.sleeperCount >= 1 }
            stage.time.advance(by: .seconds(1))
            try await stage.triesBecome(2, of: "bad")
            try await eventually("the consumer waits") { stage.time.sleeperCount >= 1 }
            stage.time.advance(by: .milliseconds(4_999))
            await settle()
            #expect(stage.node.script.tries(of: "bad") == 2, "five seconds it is by now")
            stage.time.advance(by: .milliseconds(1))
            try await stage.triesBecome(3, of: "bad")
            try await eventually("three tries are all there are by now") { try await consumer.deadLetters().count == 1 }
            #expect(consumer.parkedSubjects == 1 && consumer.batchMax == 1)
        }
    }

    @Test("of an activity more are done at once, or fewer, as soon as the policy says; nothing is lost for it")
    func concurrency() async throws {
        let stage = try await ActivityStage.make([("work", 2)])
        stage.hold(true)
        try await whileRunning([stage.activities.run]) {
            try await stage.start((0..<12).map { "\($0)" })
            try await eventually("two are under way") { stage.underWay("work") == 2 }
            await settle()
            #expect(stage.activities.snapshots().map { [$0.running, $0.waiting] } == [[2, 10]])
            func go(by concurrency: Int?) {
                stage.activities.adopt { _ in
                    concurrency.map { ActivityPolicy(concurrencyMax: $0, redelivery: ActivityStage.policy) }
                }
            }
            go(by: 5)
            try await eventually("five are under way") { stage.underWay("work") == 5 }
            go(by: 1)
            await settle()
            #expect(stage.underWay("work") == 5, "nobody is interrupted")
            stage.hold(false)
            try await eventually("all are done", on: stage.time) { try await stage.committed().count == 12 }
            stage.hold(true)
            try await stage.start(["a", "b", "c"])
            try await eventually("one is under way") { stage.underWay("work") == 1 }
            await settle()
            #expect(stage.underWay("work") == 1)
            go(by: nil)
            try await eventually("two, as it was made") { stage.underWay("work") == 2 }
            stage.hold(false)
            try await eventually("all are done", on: stage.time) { try await stage.committed().count == 15 }
            #expect(Set(try await stage.committed()).count == 15)
        }
    }

    @Test("an activity that fails waits as the new policy says")
    func retries() async throws {
        let stage = try await ActivityStage.make()
        stage.fail("x", times: 1)
        stage.activities.adopt { name in
            #expect(name == "work")
            return ActivityPolicy(redelivery: RedeliveryPolicy(attemptsMax: 2, firstDelay: .seconds(30)))
        }
        try await whileRunning([stage.activities.run]) {
            try await stage.start(["x"])
            try await eventually("it was tried") { stage.performed.count == 1 }
            await settle()
            stage.time.advance(by: .seconds(29))
            await settle()
            #expect(stage.performed.count == 1)
            try await eventually("it is done", on: stage.time) { try await stage.committed() == ["x done"] }
        }
        #expect(stage.activities.names == ["work"])
    }
}
