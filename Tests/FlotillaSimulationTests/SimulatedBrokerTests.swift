internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaSimulation
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

@Suite("The simulated broker keeps the broker contract") struct SimulatedBrokerContractTests {
    @Test("promise, when all is well", arguments: BrokerContract.cases)
    func calm(_ promise: ContractCase<BrokerEngine>) async throws {
        try await promise.check(Self.engine("simulated", SimulatedBroker.Conditions()))
    }

    @Test("promise, when every second delivery comes again", arguments: BrokerContract.cases)
    func redelivering(_ promise: ContractCase<BrokerEngine>) async throws {
        var conditions = SimulatedBroker.Conditions()
        conditions.redelivery = 0.5
        try await promise.check(Self.engine("simulated, redelivering", conditions))
    }

    private static func engine(_ name: String, _ conditions: SimulatedBroker.Conditions) -> BrokerEngine {
        BrokerEngine(name: name) { interests, time in
            SimulatedBroker(
                interests: interests, world: World(time: time, random: SeededRandom(seed: 5)),
                trace: SimulationTrace(SimulationScheduler(seed: 5), keepsLines: false), conditions: conditions)
        }
    }
}

@Suite("The simulated broker") struct SimulatedBrokerTests {
    private static let interest = Interest(consumer: "c", types: [TestNode.type])

    private let time = ManualTime()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ mischief: SimulatedBroker.Mischief? = nil) -> SimulatedBroker {
        SimulatedBroker(
            interests: [Self.interest], world: World(time: time, random: SeededRandom(seed: 8)),
            trace: SimulationTrace(SimulationScheduler(seed: 8), keepsLines: false), mischief: mischief)
    }

    /// A producer whose messages the broker offers, and which forgets them as soon as it may.
    private func producer(on broker: SimulatedBroker) async throws -> TestNode {
        var options = Outbox.Options()
        options.deleteAtOnce = 1
        let node = try await TestNode.open("p", in: folder, time: time, options: options)
        broker.attach(node.outbox)
        return node
    }

    private static func words(_ batches: [MessageBatch]) -> [String] {
        batches.flatMap(\.messages).map { String(decoding: $0.message.data, as: UTF8.self) }
    }

    @Test("a redelivery brings what came before, ahead of what is new")
    func redelivery() async throws {
        let broker = make()
        let producer = try await producer(on: broker)
        let subscription = broker.subscribe(Self.interest, watermarks: [:])
        broker.conditions.redelivery = 1
        var seen: [[String]] = []
        for word in ["1", "2", "3"] {
            try await producer.send(word)
            seen.append(Self.words(try await subscription.next(limit: 100, atMost: nil)))
        }
        #expect(seen == [["1"], ["1", "2"], ["2", "3"]])
        #expect(broker.redeliveryCount == 2)
        subscription.cancel()
    }

    @Test("a restart ends every subscription, one that waits too; a new one goes on from its watermark")
    func restart() async throws {
        let broker = make()
        let producer = try await producer(on: broker)
        let old = broker.subscribe(Self.interest, watermarks: [:])
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    // It is woken for nothing now and then.
                    while !Task.isCancelled { _ = try await old.next(limit: 10, atMost: nil) }
                    return false
                } catch {
                    return (error as? ServiceError)?.kind == .unavailable
                }
            }
            await settle()
            broker.restart()
            let isTold = try await group.next()
            #expect(isTold == true)
        }
        try await producer.send(["1", "2"])
        await #expect(throws: ServiceError.self) { try await old.next(limit: 10, atMost: nil) }
        old.cancel()
        let new = broker.subscribe(Self.interest, watermarks: ["p": 1])
        #expect(Self.words(try await new.next(limit: 10, atMost: nil)) == ["2"])
        new.cancel()
    }

    @Test("a slow broker delivers late")
    func delay() async throws {
        let broker = make()
        let producer = try await producer(on: broker)
        let subscription = broker.subscribe(Self.interest, watermarks: [:])
        broker.conditions.delayMax = .seconds(3)
        try await producer.send("late")
        try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask { Self.words(try await subscription.next(limit: 10, atMost: nil)) }
            try await eventually("the delivery waits") { time.sleeperCount == 1 }
            time.advance(by: .seconds(3))
            let words = try await group.next()
            #expect(words == ["late"])
        }
        subscription.cancel()
    }

    /// All that a subscription gets of `count` messages in one subject.
    private func received(_ count: Int, with mischief: SimulatedBroker.Mischief?) async throws -> [String] {
        let broker = make(mischief)
        let producer = try await producer(on: broker)
        let subscription = broker.subscribe(Self.interest, watermarks: [:])
        try await producer.send((0..<count).map(String.init))
        var words: [String] = []
        var upTo: Int64 = 0
        while upTo < producer.outbox.lastSequence {
            let batches = try await subscription.next(limit: 500, atMost: nil)
            words += Self.words(batches)
            upTo = batches.map(\.upTo).max() ?? upTo
        }
        subscription.cancel()
        producer.database.close()
        return words
    }

    @Test("mischief breaks the contract, and only where it is asked for")
    func mischief() async throws {
        let sent = (0..<1_000).map(String.init)
        let swapped = try await received(1_000, with: .swapsWithinSubject)
        #expect(swapped != sent)
        #expect(Set(swapped) == Set(sent) && swapped.count == 1_000)
    }

    @Test("without mischief everything comes in order")
    func noMischief() async throws {
        #expect(try await received(1_000, with: nil) == (0..<1_000).map(String.init))
    }

    @Test("messages can be lost on purpose, about one in a hundred")
    func losses() async throws {
        let kept = try await received(2_000, with: .losesMessages).compactMap(Int.init)
        #expect((1_950..<2_000).contains(kept.count))
        #expect(kept == kept.sorted())
    }

    @Test("what was only handed out is forgotten by its producer, when that is the mischief", arguments: [true, false])
    func acknowledged(isMischief: Bool) async throws {
        let broker = make(isMischief ? .acknowledgesOnDelivery : nil)
        let producer = try await producer(on: broker)
        let subscription = broker.subscribe(Self.interest, watermarks: [:])
        try await whileRunning([producer.outbox.run]) {
            try await producer.send("1")
            #expect(Self.words(try await subscription.next(limit: 10, atMost: nil)) == ["1"])
            guard isMischief else {
                for _ in 0..<5 {
                    time.advance(by: .seconds(1))
                    await settle()
                }
                return
            }
            try await eventually("the outbox is empty", on: time, step: .seconds(1)) {
                try await producer.outboxRows() == 0
            }
        }
        #expect(try await producer.outboxRows() == (isMischief ? 0 : 1))
        subscription.cancel()
    }
}
