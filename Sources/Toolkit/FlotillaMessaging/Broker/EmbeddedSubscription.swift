internal import FlotillaCore
internal import Synchronization

/// A consumer's end of the ``EmbeddedBroker``: a cursor per producer and a flag to wait on.
final class EmbeddedSubscription: Subscription {
    /// Messages looked at in one read, at least; what is of no interest is not kept.
    private static let readAtOnce = 128

    private let interest: Interest
    private let name: String
    private let broker: EmbeddedBroker
    private let time: any TimeSource
    private let cursors: Mutex<[String: Int64]>
    private let acknowledged: Mutex<[String: Int64]>
    private let signal = Signal()

    init(interest: Interest, cursors: [String: Int64], broker: EmbeddedBroker, time: any TimeSource) {
        self.interest = interest
        self.name = interest.watermarkName
        self.broker = broker
        self.time = time
        self.cursors = Mutex(cursors)
        acknowledged = Mutex(cursors)
    }

    /// The last sequence of a producer that is dealt with; what was read beyond it may still be in hand.
    func acknowledged(of producer: String) -> Int64? { acknowledged.withLock { $0[producer] } }

    func next(limit: Int, atMost timeout: Duration?) async throws -> [MessageBatch] {
        let batches = try await available(limit: limit)
        if !batches.isEmpty { return batches }
        await signal.wait(atMost: timeout, on: time)
        return Task.isCancelled ? [] : try await available(limit: limit)
    }

    func acknowledge(_ batches: [MessageBatch]) {
        acknowledged.withLock { acknowledged in
            for batch in batches { acknowledged[batch.producer] = batch.upTo }
        }
        broker.acknowledge(batches, by: name)
    }

    func wake() { signal.raise() }

    func cancel() { broker.remove(self, named: name) }

    private func available(limit: Int) async throws -> [MessageBatch] {
        var batches: [MessageBatch] = []
        var room = limit
        for outbox in broker.outboxes() where room > 0 {
            let producer = outbox.producer
            var cursor = cursors.withLock { $0[producer] ?? 0 }
            let start = cursor
            var wanted: [SequencedMessage] = []
            while room > 0 {
                let last = outbox.lastSequence
                guard last > cursor else { break }
                // More than there is room for: most of what goes by may be for others.
                let read = try await outbox.read(
                    after: cursor, upTo: last, lookingAt: max(room, Self.readAtOnce), limit: room, for: interest)
                wanted += read.messages
                room -= read.messages.count
                cursor = read.upTo
            }
            guard cursor > start else { continue }
            cursors.withLock { [cursor] in $0[producer] = cursor }
            let batch = MessageBatch(producer: producer, messages: wanted, upTo: cursor)
            // Nothing of interest went by: there is nothing to keep in the consumer's database.
            if wanted.isEmpty { acknowledge([batch]) } else { batches.append(batch) }
        }
        return batches
    }
}
