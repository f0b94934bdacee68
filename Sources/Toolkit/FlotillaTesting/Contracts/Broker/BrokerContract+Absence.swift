internal import FlotillaMessaging
internal import FlotillaStorage
internal import Testing

/// Consumers and producers that go away and come back.
extension BrokerContract {
    static let absence: [ContractCase<BrokerEngine>] = [
        ContractCase("a consumer that is away misses nothing, and gets nothing twice") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            var sent: [String] = []
            for round in 0..<4 {
                let words = (0..<50).map { "\(round)-\($0)" }
                // Half of it while nobody is there, half of it while somebody is.
                try await producer.send(Array(words[..<25]))
                sent += words
                try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                    try await producer.send(Array(words[25...]))
                    try await stage.wordsBecome(sent, of: node)
                }
            }
            #expect(try await node.words() == sent)
        },
        ContractCase("a consumer that was never there before begins with the oldest message") { engine in
            let stage = try BrokerStage(engine, [.of("a"), .of("b")])
            let producer = try await stage.producer("p")
            let (early, late) = (try await stage.node("a"), try await stage.node("b"))
            let words = (0..<100).map(String.init)
            try await whileRunning([early.consumer(.of("a"), on: stage.broker).run]) {
                try await producer.send(words)
                try await stage.wordsBecome(words, of: early)
            }
            try await whileRunning([late.consumer(.of("b"), on: stage.broker).run]) {
                try await stage.wordsBecome(words, of: late)
            }
            #expect(try await late.words() == words)
        },
        ContractCase("a consumer that subscribes before its producer is there gets everything, too") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                await settle()
                let producer = try await stage.node("p")
                try await producer.send("before")
                stage.broker.attach(producer.outbox)
                try await producer.send("after")
                try await stage.wordsBecome(["before", "after"], of: node)
            }
            #expect(try await node.words() == ["before", "after"])
        },
        ContractCase("a producer that was stopped and comes back goes on where it was") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let node = try await stage.node("c")
            var sent: [String] = []
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                for round in 0..<4 {
                    let producer = try await stage.node("p", seed: UInt64(round) + 1)
                    // Committed before anybody looks: as after a crash between the commit and the hand-over.
                    try await producer.send("\(round)-early")
                    stage.broker.attach(producer.outbox)
                    try await producer.send((0..<20).map { "\(round)-\($0)" })
                    sent += ["\(round)-early"] + (0..<20).map { "\(round)-\($0)" }
                    try await stage.wordsBecome(sent, of: node)
                    // Committed and perhaps not yet seen when it goes.
                    try await producer.send("\(round)-late")
                    sent.append("\(round)-late")
                    stage.broker.detach(producer: "p")
                    producer.database.close()
                }
                stage.broker.attach(try await stage.node("p", seed: 99).outbox)
                try await stage.wordsBecome(sent, of: node)
            }
            #expect(try await node.words() == sent)
        },
        ContractCase("a producer that crashed is replaced by its next incarnation, without a farewell") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                let first = try await stage.producer("p")
                try await first.send(["1", "2"])
                try await stage.wordsBecome(["1", "2"], of: node)
                let second = try await stage.producer("p", seed: 2)
                try await second.send(["3", "4"])
                try await stage.wordsBecome(["1", "2", "3", "4"], of: node)
            }
            #expect(try await node.words() == ["1", "2", "3", "4"])
        },
        ContractCase("a backlog that is larger than memory reaches comes whole and in order") { engine in
            let stage = try BrokerStage(engine, [.of("a"), .of("b")])
            var options = Outbox.Options()
            options.tailMax = 16
            let producer = try await stage.producer("p", options: options)
            let (keepsUp, isAway) = (try await stage.node("a"), try await stage.node("b"))
            let words = (0..<1_000).map(String.init)
            try await whileRunning([keepsUp.consumer(.of("a"), on: stage.broker).run]) {
                for start in stride(from: 0, to: 1_000, by: 10) {
                    try await producer.send(Array(words[start..<start + 10]))
                }
                try await stage.wordsBecome(words, of: keepsUp)
            }
            #expect(try await keepsUp.words() == words)
            try await whileRunning([isAway.consumer(.of("b"), on: stage.broker).run]) {
                try await stage.wordsBecome(words, of: isAway)
                try await producer.send("live")
                try await stage.wordsBecome(words + ["live"], of: isAway)
            }
            #expect(try await isAway.words() == words + ["live"])
        },
        ContractCase("what was handled and not acknowledged is offered again, and recognised") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            let words = (0..<100).map(String.init)
            // The first incarnation commits and dies each time before it can say so.
            let forgetful = ForgetfulBroker(broker: stage.broker)
            try await whileRunning([node.consumer(.of("c"), on: forgetful).run]) {
                try await producer.send(words)
                try await stage.wordsBecome(words, of: node)
            }
            #expect(try await producer.outboxRows() == 100, "nothing was acknowledged, so nothing may be gone")
            let next = try await stage.producer("p", seed: 2)
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                try await next.send("after")
                try await stage.wordsBecome(words + ["after"], of: node)
            }
            #expect(try await node.words() == words + ["after"])
        },
    ]
}
