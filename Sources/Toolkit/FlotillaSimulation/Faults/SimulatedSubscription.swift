internal import FlotillaCore
internal import FlotillaMessaging
internal import Synchronization

/// A consumer's end of the ``SimulatedBroker``.
final class SimulatedSubscription: Subscription {
    private struct State {
        /// The delivery before this one, by producer.
        var previous: [String: MessageBatch] = [:]
        var acknowledged: [String: Int64] = [:]
    }

    let name: String
    private let inner: any Subscription
    private let broker: SimulatedBroker
    private let generation: Int
    private let rest: Duration?
    private let state = Mutex(State())

    init(_ inner: any Subscription, name: String, broker: SimulatedBroker, generation: Int, rest: Duration?) {
        self.inner = inner
        self.name = name
        self.broker = broker
        self.generation = generation
        self.rest = rest
    }

    func next(limit: Int, atMost timeout: Duration?) async throws -> [MessageBatch] {
        try check()
        if let rest, state.withLock({ !$0.previous.isEmpty }) {
            try await broker.world.time.sleep(for: rest * broker.world.random.unit())
            try check()
        }
        let conditions = broker.conditions
        let random = broker.world.random
        // Any limit is allowed; a small one makes other batches than a fast consumer would see.
        let drawn = random.int(in: 0...3) == 0 ? random.int(in: 1...4) : limit
        let fresh = try await inner.next(limit: min(limit, drawn), atMost: timeout)
        if broker.mischief == .acknowledgesOnDelivery { inner.acknowledge(fresh) }
        try check()
        guard !fresh.isEmpty else { return [] }
        if conditions.delayMax > .zero {
            try await broker.world.time.sleep(for: conditions.delayMax * random.unit())
            try check()
        }
        broker.noteHandedOut(fresh, to: name)
        var batches = mischief(fresh)
        if random.unit() < conditions.redelivery { batches = again(with: batches) }
        state.withLock { state in
            for batch in fresh { state.previous[batch.producer] = batch }
        }
        for batch in batches { note(batch) }
        return batches
    }

    func acknowledge(_ batches: [MessageBatch]) {
        let news = state.withLock { state in
            batches.filter { batch in
                guard batch.upTo > state.acknowledged[batch.producer] ?? 0 else { return false }
                state.acknowledged[batch.producer] = batch.upTo
                return true
            }
        }
        inner.acknowledge(news)
    }

    func wake() { inner.wake() }

    func cancel() {
        broker.forget(self)
        inner.cancel()
    }

    private func check() throws {
        guard broker.generation == generation else { throw ServiceError.unavailable("the broker") }
    }

    /// The fresh messages behind those of the delivery before.
    private func again(with fresh: [MessageBatch]) -> [MessageBatch] {
        let previous = state.withLock { $0.previous }
        var isAgain = false
        let batches = fresh.map { batch in
            guard let old = previous[batch.producer] else { return batch }
            isAgain = true
            return MessageBatch(
                producer: batch.producer, messages: old.messages + batch.messages, upTo: batch.upTo)
        }
        if isAgain { broker.noteRedelivery() }
        return batches
    }

    private func mischief(_ batches: [MessageBatch]) -> [MessageBatch] {
        switch broker.mischief {
        case .losesMessages:
            batches.map { batch in
                var batch = batch
                batch.messages.removeAll { _ in broker.world.random.int(in: 0...99) == 0 }
                return batch
            }
        case .swapsWithinSubject: batches.map(swapped)
        case .acknowledgesOnDelivery, .acknowledgesBeforeCommit, nil: batches
        }
    }

    private func swapped(_ batch: MessageBatch) -> MessageBatch {
        var batch = batch
        for late in batch.messages.indices {
            let subject = batch.messages[late].message.subject
            guard let early = batch.messages[..<late].firstIndex(where: { $0.message.subject == subject }) else {
                continue
            }
            let (first, second) = (batch.messages[early], batch.messages[late])
            batch.messages[early] = SequencedMessage(sequence: first.sequence, message: second.message)
            batch.messages[late] = SequencedMessage(sequence: second.sequence, message: first.message)
            break
        }
        return batch
    }

    private func note(_ batch: MessageBatch) {
        for sequenced in batch.messages {
            let message = sequenced.message
            broker.trace.note(
                name, "gets \(message.type) #\(sequenced.sequence) of \(batch.producer)", about: message.subject,
                correlation: message.correlationID)
        }
    }
}
