internal import FlotillaCore

/// Carries messages from the outboxes of producers to consumers.
///
/// The contract every broker keeps, and the contract suite checks:
/// - at least once: what a producer has committed reaches every consumer that declared its type,
///   also one that is away and comes back later;
/// - in order: of one producer, a consumer sees the messages in their sequence;
/// - a consumer says where it stands (it keeps its watermark in its own transaction), so a message
///   handled twice is recognised by its sequence;
/// - bounded: a slow consumer costs no memory, it reads from the log.
public protocol Broker: Sendable {
    /// Offers a producer's messages from now on; replaces an earlier outbox of the same producer.
    func attach(_ outbox: Outbox)

    /// The producer goes away; its messages stay in its database until it is back.
    func detach(producer: String)

    /// A consumer is there.
    ///
    /// - Parameter watermarks: per producer the last sequence it has dealt with, from its own database.
    func subscribe(_ interest: Interest, watermarks: [String: Int64]) -> any Subscription
}

/// What a consumer wants to see.
public struct Interest: Sendable, Hashable {
    /// The consumer's name, unique in the fleet: the service's name, or `service.purpose`.
    public var consumer: String
    /// The message types it handles.
    public var types: Set<String>
    /// Its share of the subjects, when several compete: subjects whose hash is `index` modulo `count`.
    public var partition: Partition

    public init(consumer: String, types: Set<String>, partition: Partition = Partition()) {
        self.consumer = consumer
        self.types = types
        self.partition = partition
    }

    /// The name under which this share keeps its watermark.
    public var watermarkName: String {
        partition.count == 1 ? consumer : "\(consumer)/\(partition.index)of\(partition.count)"
    }

    func includes(_ message: Message) -> Bool { includes(type: message.type, subject: message.subject) }

    func includes(type: String, subject: String) -> Bool { types.contains(type) && partition.includes(subject) }
}

/// A share of all subjects, so that competing consumers never handle the same subject at once.
public struct Partition: Sendable, Hashable {
    public var index: Int
    public var count: Int

    /// - Parameters: `index` is 0 ..< `count`.
    public init(index: Int = 0, of count: Int = 1) {
        precondition(count > 0 && (0..<count).contains(index), "a partition's index is below its count")
        self.index = index
        self.count = count
    }

    /// By a hash that is the same on every machine and in every run.
    func includes(_ subject: String) -> Bool {
        guard count > 1 else { return true }
        return Int(StableHash(subject).value % UInt64(count)) == index
    }
}

/// A consumer's end of a broker. Used by one task at a time.
public protocol Subscription: Sendable {
    /// Waits for messages.
    ///
    /// - Parameters:
    ///   - limit: how many messages at the most, over all producers.
    ///   - timeout: return with nothing after this long; nil: wait for ever.
    /// - Returns: a batch per producer that has some; empty when woken, cancelled or timed out.
    func next(limit: Int, atMost timeout: Duration?) async throws -> [MessageBatch]

    /// Everything of the batches up to these sequences is dealt with durably.
    func acknowledge(_ batches: [MessageBatch])

    /// Lets a waiting ``next(limit:atMost:)`` return.
    func wake()

    /// The consumer goes away.
    func cancel()
}

/// Messages of one producer, in order.
public struct MessageBatch: Sendable {
    public var producer: String
    public var messages: [SequencedMessage]
    /// The sequence up to which the consumer has seen everything when it has dealt with the messages.
    public var upTo: Int64

    public init(producer: String, messages: [SequencedMessage], upTo: Int64) {
        self.producer = producer
        self.messages = messages
        self.upTo = upTo
    }
}
