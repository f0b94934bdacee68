public import FlotillaCore
internal import Synchronization

/// The broker of one process: consumers are woken by the producer's commit and read its outbox directly.
///
/// Nothing is copied or stored twice: the outbox is the log. It is told which consumers the fleet
/// has, so that a producer keeps what a consumer that is away has not seen.
public final class EmbeddedBroker: Broker {
    private struct Producer {
        var outbox: Outbox
        /// Per watermark name: how far it has dealt with this producer, and the last message it wants.
        var positions: [String: Position] = [:]
    }

    private struct Position {
        var acknowledged: Int64
        var lastWanted: Int64
    }

    private struct State {
        var producers: [String: Producer] = [:]
        /// Those of the producers, by their names.
        var outboxes: [Outbox] = []
        /// Under one name mostly one. A stalled replica that has lost its share to another may still have a second.
        var subscriptions: [String: [EmbeddedSubscription]] = [:]
        var byType: [String: [Interest]] = [:]
    }

    private let time: any TimeSource
    private let interests: [Interest]
    private let state: Mutex<State>

    /// - Parameter interests: every consumer of the fleet, whether it runs now or not.
    public init(interests: [Interest], time: any TimeSource) {
        self.time = time
        self.interests = interests
        var state = State()
        for interest in interests {
            for type in interest.types { state.byType[type, default: []].append(interest) }
        }
        self.state = Mutex(state)
    }

    public func attach(_ outbox: Outbox) {
        let name = outbox.producer
        // First of all, so that no commit goes by between a look at the last sequence and the first notice.
        outbox.observe { [weak self] messages in self?.committed(messages, by: name) }
        let subscriptions = state.withLock { state in
            let known = state.producers[outbox.producer]
            var producer = Producer(outbox: outbox)
            for interest in interests {
                let name = interest.watermarkName
                // What was committed before nobody has looked at yet: everyone may want the last of it.
                producer.positions[name] = Position(
                    acknowledged: known?.positions[name]?.acknowledged
                        ?? state.subscriptions[name]?.compactMap { $0.acknowledged(of: outbox.producer) }.max() ?? 0,
                    lastWanted: outbox.lastSequence)
            }
            state.producers[outbox.producer] = producer
            state.outboxes.removeAll { $0.producer == name }
            state.outboxes.insert(outbox, at: state.outboxes.firstIndex { $0.producer > name } ?? state.outboxes.count)
            release(producer)
            return state.subscriptions.sorted { $0.key < $1.key }.flatMap(\.value)
        }
        for subscription in subscriptions { subscription.wake() }
    }

    public func detach(producer: String) {
        let outbox = state.withLock { state in
            state.outboxes.removeAll { $0.producer == producer }
            return state.producers.removeValue(forKey: producer)?.outbox
        }
        outbox?.observe(nil)
    }

    public func subscribe(_ interest: Interest, watermarks: [String: Int64]) -> any Subscription {
        precondition(
            interests.contains(interest),
            "the consumer \(interest.consumer) is not in the fleet's map as it subscribes")
        let name = interest.watermarkName
        let subscription = EmbeddedSubscription(
            interest: interest, cursors: watermarks, broker: self, time: time)
        state.withLock { state in
            state.subscriptions[name, default: []].append(subscription)
            for (producer, sequence) in watermarks {
                state.producers[producer]?.positions[name]?.acknowledged = sequence
                if let producer = state.producers[producer] { release(producer) }
            }
        }
        subscription.wake()
        return subscription
    }

    /// The outboxes that are attached now, by producer's name.
    func outboxes() -> [Outbox] { state.withLock { $0.outboxes } }

    func acknowledge(_ batches: [MessageBatch], by name: String) {
        state.withLock { state in
            for batch in batches {
                guard state.producers[batch.producer] != nil else { continue }
                state.producers[batch.producer]?.positions[name]?.acknowledged = batch.upTo
                if let producer = state.producers[batch.producer] { release(producer) }
            }
        }
    }

    func remove(_ subscription: EmbeddedSubscription, named name: String) {
        state.withLock { state in
            state.subscriptions[name]?.removeAll { $0 === subscription }
            if state.subscriptions[name]?.isEmpty == true { state.subscriptions[name] = nil }
        }
    }

    /// On the producer's writer thread.
    private func committed(_ messages: [SequencedMessage], by name: String) {
        let woken = state.withLock { state in
            var woken: [EmbeddedSubscription] = []
            guard var producer = state.producers.removeValue(forKey: name) else { return woken }
            for sequenced in messages {
                for interest in state.byType[sequenced.message.type] ?? []
                where interest.partition.includes(sequenced.message.subject) {
                    let consumer = interest.watermarkName
                    producer.positions[consumer]?.lastWanted = sequenced.sequence
                    for subscription in state.subscriptions[consumer] ?? []
                    where !woken.contains(where: { $0 === subscription }) {
                        woken.append(subscription)
                    }
                }
            }
            state.producers[name] = producer
            // What nobody wants is not acknowledged by anybody either.
            release(producer)
            return woken
        }
        for subscription in woken { subscription.wake() }
    }

    /// Lets the producer delete what nobody needs: a consumer that has taken all it wants needs nothing.
    private func release(_ producer: Producer) {
        let last = producer.outbox.lastSequence
        var needed = last
        for position in producer.positions.values where position.acknowledged < position.lastWanted {
            needed = min(needed, position.acknowledged)
        }
        producer.outbox.release(upTo: needed)
    }
}
