public import FlotillaCore
public import FlotillaMessaging
internal import Testing

/// A way to make brokers, for ``BrokerContract``.
public struct BrokerEngine: Sendable {
    /// What it is called in messages.
    public let name: String
    let make: @Sendable ([Interest], any TimeSource) -> any Broker

    /// - Parameter make: a broker of a fleet with these consumers.
    public init(name: String, make: @escaping @Sendable ([Interest], any TimeSource) -> any Broker) {
        self.name = name
        self.make = make
    }

    /// The broker of one process.
    public static let embedded = BrokerEngine(name: "embedded") { EmbeddedBroker(interests: $0, time: $1) }
}

/// What a case of the contract plays on: a broker, a clock and a folder for the databases of nodes.
struct BrokerStage: Sendable {
    let time = ManualTime()
    let folder: TemporaryFolder
    let broker: any Broker

    init(_ engine: BrokerEngine, _ interests: [Interest]) throws {
        folder = try TemporaryFolder()
        broker = engine.make(interests, time)
    }

    func node(_ name: String, seed: UInt64 = 1, options: Outbox.Options = Outbox.Options()) async throws -> TestNode {
        try await TestNode.open(name, in: folder, time: time, seed: seed, options: options)
    }

    /// A node whose messages the broker offers.
    func producer(
        _ name: String, seed: UInt64 = 1, options: Outbox.Options = Outbox.Options()
    ) async throws -> TestNode {
        let node = try await node(name, seed: seed, options: options)
        broker.attach(node.outbox)
        return node
    }

    func wordsBecome(
        _ words: [String], of node: TestNode, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("\(node.name) has handled \(words.count) messages", sourceLocation: sourceLocation) {
            try await node.notes().count >= words.count
        }
    }
}

extension Interest {
    /// A consumer of the usual type.
    static func of(_ consumer: String, types: Set<String> = [TestNode.type], _ partition: Partition = Partition())
        -> Interest
    {
        Interest(consumer: consumer, types: types, partition: partition)
    }
}
