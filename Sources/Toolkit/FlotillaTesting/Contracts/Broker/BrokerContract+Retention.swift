internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import Testing

/// What a producer may forget, and when.
extension BrokerContract {
    /// Deletes as soon as it may.
    private static var eager: Outbox.Options {
        var options = Outbox.Options()
        options.deleteAtOnce = 1
        return options
    }

    static let retention: [ContractCase<BrokerEngine>] = [
        ContractCase("a message stays until every declared consumer has taken it, and goes then") { engine in
            let stage = try BrokerStage(engine, [.of("a"), .of("b")])
            let producer = try await stage.producer("p", options: eager)
            let (here, away) = (try await stage.node("a"), try await stage.node("b"))
            let words = (0..<50).map(String.init)
            try await whileRunning([producer.outbox.run]) {
                try await whileRunning([here.consumer(.of("a"), on: stage.broker).run]) {
                    try await producer.send(words)
                    try await stage.wordsBecome(words, of: here)
                    stage.time.advance(by: .seconds(5))
                    try await producer.send("more")
                    try await stage.wordsBecome(words + ["more"], of: here)
                    stage.time.advance(by: .seconds(5))
                    await settle()
                }
                #expect(try await producer.outboxRows() == 51, "one consumer has not seen them")
                #expect(try await producer.outbox.backlog().count == 51)
                try await whileRunning([away.consumer(.of("b"), on: stage.broker).run]) {
                    try await stage.wordsBecome(words + ["more"], of: away)
                    try await eventually("the outbox is empty", on: stage.time, step: .seconds(1)) {
                        try await producer.outboxRows() == 0
                    }
                    let backlog = try await producer.outbox.backlog()
                    #expect(backlog.count == 0)
                    #expect(backlog.oldest == nil)
                }
            }
        },
        ContractCase("messages nobody wants do not stay") { engine in
            let interest = Interest.of("c", types: ["wanted"])
            let stage = try BrokerStage(engine, [interest])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            try await whileRunning([producer.outbox.run, node.consumer(interest, on: stage.broker).run]) {
                await settle()
                for number in 0..<20 { try await producer.send("\(number)", type: "unwanted") }
                try await eventually("the outbox is empty", on: stage.time, step: .seconds(1)) {
                    try await producer.outboxRows() == 0
                }
            }
            #expect(try await node.words().isEmpty)
        },
        ContractCase("unwanted messages do not let a wanted one go that its consumer has not taken") { engine in
            let interest = Interest.of("c", types: ["wanted"])
            let stage = try BrokerStage(engine, [interest])
            let producer = try await stage.producer("p", options: eager)
            try await whileRunning([producer.outbox.run]) {
                try await producer.send("keep me", type: "wanted")
                for number in 0..<20 { try await producer.send("\(number)", type: "unwanted") }
                stage.time.advance(by: .seconds(5))
                await settle()
                try await producer.send("last", type: "unwanted")
            }
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(interest, on: stage.broker).run]) {
                try await stage.wordsBecome(["keep me"], of: node)
            }
            #expect(try await node.words() == ["keep me"])
        },
        ContractCase("after a restart a producer forgets what all had taken before, without new messages") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let first = try await stage.producer("p")
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                try await first.send((0..<10).map(String.init))
                try await stage.wordsBecome((0..<10).map(String.init), of: node)
            }
            #expect(try await first.outboxRows() == 10)
            first.database.close()
            // Another process: a broker that knows nothing yet.
            let broker = engine.make([.of("c")], stage.time)
            let second = try await stage.node("p", seed: 2)
            broker.attach(second.outbox)
            try await whileRunning([second.outbox.run, node.consumer(.of("c"), on: broker).run]) {
                try await eventually("the outbox is empty", on: stage.time, step: .seconds(1)) {
                    try await second.outboxRows() == 0
                }
            }
            #expect(try await node.notes().count == 10)
        },
        ContractCase("a consumer with a batch in hand keeps its claim to it while the producer is replaced") { engine in
            let stage = try BrokerStage(engine, [.of("a"), .of("b")])
            let first = try await stage.producer("p", options: eager)
            let (slow, quick) = (try await stage.node("a"), try await stage.node("b"))
            slow.script.hold("slow")
            try await whileRunning([
                slow.consumer(.of("a"), on: stage.broker).run, quick.consumer(.of("b"), on: stage.broker).run,
            ]) {
                try await first.send("slow")
                try await eventually("the slow consumer has it in hand") { slow.script.isHolding("slow") }
                try await stage.wordsBecome(["slow"], of: quick)
                stage.broker.detach(producer: "p")
                first.database.close()
                let second = try await stage.producer("p", seed: 2, options: eager)
                try await second.send("next")
                try await stage.wordsBecome(["slow", "next"], of: quick)
                await settle()
                try await second.send("last")
                try await stage.wordsBecome(["slow", "next", "last"], of: quick)
                #expect(try await second.outboxRows() == 3, "the slow consumer has committed nothing yet")
                slow.script.open("slow")
                try await stage.wordsBecome(["slow", "next", "last"], of: slow)
            }
        },
    ]
}
