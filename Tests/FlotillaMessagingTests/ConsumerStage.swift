internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

/// One producer, one consumer, an embedded broker between them and a clock that stands still.
struct ConsumerStage: Sendable {
    static let interest = Interest(consumer: "c", types: [TestNode.type])

    let time = ManualTime()
    let folder: TemporaryFolder
    let broker: EmbeddedBroker
    let producer: TestNode
    let node: TestNode

    init(database: Database.Options = Database.Options()) async throws {
        folder = try TemporaryFolder()
        broker = EmbeddedBroker(interests: [Self.interest], time: time)
        producer = try await TestNode.open("p", in: folder, time: time)
        node = try await TestNode.open("c", in: folder, time: time, database: database)
        broker.attach(producer.outbox)
    }

    func consumer(
        policy: RedeliveryPolicy = RedeliveryPolicy(), on broker: (any Broker)? = nil,
        handlers: [MessageHandler] = []
    ) -> Consumer {
        node.consumer(Self.interest, on: broker ?? self.broker, policy: policy, handlers: handlers)
    }

    /// Waits until exactly these words are noted, in this order; the clock stands still.
    func wordsBecome(
        _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("\(words.count) words are noted", sourceLocation: sourceLocation) {
            try await node.words().count >= words.count
        }
        #expect(try await node.words() == words, sourceLocation: sourceLocation)
    }

    /// Waits until the consumer has tried `word` that often since it was told to fail at it, and has written that down.
    func triesBecome(
        _ count: Int, of word: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("\(word) was tried \(count) times", sourceLocation: sourceLocation) {
            node.script.tries(of: word) >= count
        }
        await settle()
        #expect(node.script.tries(of: word) == count, sourceLocation: sourceLocation)
    }
}
