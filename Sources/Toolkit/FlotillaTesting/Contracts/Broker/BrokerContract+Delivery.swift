internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import Testing

/// Who gets what, and in which order.
extension BrokerContract {
    static let delivery: [ContractCase<BrokerEngine>] = [
        ContractCase("of each producer a consumer sees the messages in the order in which they were committed") {
            engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producers = [try await stage.producer("p"), try await stage.producer("q")]
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                try await withThrowingDiscardingTaskGroup { group in
                    for producer in producers {
                        group.addTask {
                            for round in 0..<60 {
                                let words = (0..<5).map { "\(producer.name)-\(round * 5 + $0)" }
                                try await producer.send(words, subject: "s\(round % 7)")
                            }
                        }
                    }
                }
                try await eventually("everything is handled") { try await node.notes().count >= 600 }
            }
            let notes = try await node.notes()
            for producer in producers {
                let words = notes.filter { $0.source == producer.name }.map(\.word)
                #expect(words == (0..<300).map { "\(producer.name)-\($0)" })
            }
        },
        ContractCase("messages of transactions at the same time come in the order of their sequences") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                try await withThrowingDiscardingTaskGroup { group in
                    for writer in 0..<200 { group.addTask { try await producer.send("\(writer)", subject: "s") } }
                }
                try await eventually("everything is handled") { try await node.notes().count >= 200 }
            }
            let sent = try await producer.outbox.read(after: 0, limit: 1_000).map {
                String(decoding: $0.message.data, as: UTF8.self)
            }
            #expect(try await node.words() == sent)
            #expect(Set(sent).count == 200)
        },
        ContractCase("every declared consumer gets everything of its types, and nothing else") { engine in
            let interests = [
                Interest.of("a", types: ["t1"]), .of("b", types: ["t1", "t2"]), .of("c", types: ["t3"]),
            ]
            let stage = try BrokerStage(engine, interests)
            let producer = try await stage.producer("p")
            var nodes: [TestNode] = []
            for interest in interests { nodes.append(try await stage.node(interest.consumer)) }
            let runs = zip(nodes, interests).map { $0.consumer($1, on: stage.broker).run }
            try await whileRunning(runs) {
                for number in 0..<30 {
                    try await producer.send("\(number)", subject: "s\(number % 3)", type: "t\(number % 4)")
                }
                try await producer.send("end", type: "t3")
                try await producer.send("end", type: "t1")
                for node in nodes {
                    try await eventually("\(node.name) has seen the end") { try await node.words().last == "end" }
                }
            }
            let expected = [["t1"], ["t1", "t2"], ["t3"]]
            for (node, types) in zip(nodes, expected) {
                let numbers = (0..<30).filter { types.contains("t\($0 % 4)") }.map(String.init)
                #expect(try await node.words() == numbers + ["end"])
            }
        },
        ContractCase("competing consumers share the subjects: each subject is with one of them, in order") { engine in
            let interests = (0..<3).map { Interest.of("c", Partition(index: $0, of: 3)) }
            let stage = try BrokerStage(engine, interests)
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            try await whileRunning(interests.map { node.consumer($0, on: stage.broker).run }) {
                for round in 0..<20 {
                    for subject in 0..<12 { try await producer.send("\(round)", subject: "subject-\(subject)") }
                }
                try await eventually("everything is handled") { try await node.notes().count >= 240 }
            }
            let notes = try await node.notes()
            #expect(notes.count == 240)
            for subject in 0..<12 {
                let own = notes.filter { $0.subject == "subject-\(subject)" }
                #expect(own.map(\.word) == (0..<20).map(String.init))
                #expect(Set(own.map(\.consumer)).count == 1)
            }
            #expect(Set(notes.map(\.consumer)).count == 3, "one of them had nothing to do")
        },
        ContractCase("what a transaction took back is never sent, and what it kept always is") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            try await whileRunning([node.consumer(.of("c"), on: stage.broker).run]) {
                try await withThrowingDiscardingTaskGroup { group in
                    for number in 0..<60 {
                        group.addTask {
                            let message = Outgoing(
                                type: TestNode.type, subject: "s", data: Array("\(number)".utf8))
                            do {
                                try await producer.database.write { transaction in
                                    try producer.outbox.append(
                                        [message], cause: Cause(traceparent: "", correlationID: ""), in: transaction)
                                    if number.isMultiple(of: 3) { throw Deliberate() }
                                }
                            } catch is Deliberate {
                                // As it should be.
                            }
                        }
                    }
                }
                try await producer.send("end")
                try await eventually("the end is handled") { try await node.words().last == "end" }
            }
            let words = try await node.words().dropLast().compactMap(Int.init)
            #expect(words.sorted() == (0..<60).filter { !$0.isMultiple(of: 3) })
        },
        ContractCase("the whole envelope arrives") { engine in
            let stage = try BrokerStage(engine, [.of("c")])
            let producer = try await stage.producer("p")
            let node = try await stage.node("c")
            let mailbox = Mailbox()
            let handler = MessageHandler(type: TestNode.type) { _, delivery in
                mailbox.keep(delivery.message)
                return []
            }
            let consumer = node.consumer(.of("c"), on: stage.broker, handlers: [handler])
            try await whileRunning([consumer.run]) {
                try await producer.send("wörd", subject: "s-1", saga: "checkout/3")
                try await eventually("it is handled") { mailbox.messages.count >= 1 }
            }
            let sent = try #require(try await producer.outbox.read(after: 0, limit: 1).first?.message)
            let got = try #require(mailbox.messages.first)
            #expect(got.id == sent.id)
            #expect(got.source == "p")
            #expect(got.type == TestNode.type)
            #expect(got.subject == "s-1")
            #expect(got.time == stage.time.now)
            #expect(got.data == Array("wörd".utf8))
            // The handler has a span of its own below the sender's.
            let sender = TraceContext(traceparent: sent.traceparent)
            let receiver = TraceContext(traceparent: got.traceparent)
            #expect(receiver?.traceID == sender?.traceID && receiver != nil && receiver?.spanID != sender?.spanID)
            #expect(got.correlationID == sent.correlationID && !got.correlationID.isEmpty)
            #expect(got.causationID.isEmpty)
            #expect(got.saga == "checkout/3")
        },
    ]
}
