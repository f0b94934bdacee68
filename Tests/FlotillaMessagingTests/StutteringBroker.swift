internal import FlotillaMessaging
internal import Synchronization

/// A broker that offers every batch twice.
struct StutteringBroker: Broker {
    let broker: any Broker

    func attach(_ outbox: Outbox) { broker.attach(outbox) }
    func detach(producer: String) { broker.detach(producer: producer) }
    func subscribe(_ interest: Interest, watermarks: [String: Int64]) -> any Subscription {
        StutteringSubscription(broker.subscribe(interest, watermarks: watermarks))
    }
}

private final class StutteringSubscription: Subscription {
    private let subscription: any Subscription
    private let again = Mutex<[MessageBatch]>([])

    init(_ subscription: any Subscription) { self.subscription = subscription }

    func next(limit: Int, atMost timeout: Duration?) async throws -> [MessageBatch] {
        let repeated = again.withLock { batches in
            defer { batches = [] }
            return batches
        }
        if !repeated.isEmpty { return repeated }
        let batches = try await subscription.next(limit: limit, atMost: timeout)
        again.withLock { $0 = batches }
        return batches
    }

    func acknowledge(_ batches: [MessageBatch]) { subscription.acknowledge(batches) }
    func wake() { subscription.wake() }
    func cancel() { subscription.cancel() }
}
