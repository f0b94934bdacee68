public import FlotillaMessaging

/// A broker whose consumers never get to acknowledge anything, as if they died right after each commit.
public struct ForgetfulBroker: Broker {
    private let broker: any Broker

    /// - Parameter broker: does everything else.
    public init(broker: any Broker) { self.broker = broker }

    /// Passed on.
    public func attach(_ outbox: Outbox) { broker.attach(outbox) }

    /// Passed on.
    public func detach(producer: String) { broker.detach(producer: producer) }

    /// A subscription that loses its acknowledgements.
    public func subscribe(_ interest: Interest, watermarks: [String: Int64]) -> any Subscription {
        ForgetfulSubscription(subscription: broker.subscribe(interest, watermarks: watermarks))
    }
}

private struct ForgetfulSubscription: Subscription {
    let subscription: any Subscription

    func next(limit: Int, atMost timeout: Duration?) async throws -> [MessageBatch] {
        try await subscription.next(limit: limit, atMost: timeout)
    }

    func acknowledge(_ batches: [MessageBatch]) {}
    func wake() { subscription.wake() }
    func cancel() { subscription.cancel() }
}
