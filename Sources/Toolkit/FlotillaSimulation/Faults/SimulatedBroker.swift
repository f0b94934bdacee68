public import FlotillaCore
public import FlotillaMessaging
internal import Synchronization

/// The embedded broker under bad conditions: late, again, away for a while.
///
/// It keeps the contract of ``Broker``: at least once, in order by producer. Its ``Mischief`` does not, and is how
/// a run shows that the invariants would notice.
public final class SimulatedBroker: Broker {
    /// What deliveries are like.
    public struct Conditions: Sendable, Hashable {
        /// Deliveries wait up to this long.
        public var delayMax = Duration.zero
        /// The share of deliveries that bring the one before again, 0 to 1.
        public var redelivery = 0.0

        public init() {}
    }

    /// A broken contract, on purpose.
    public enum Mischief: Sendable, Hashable {
        /// Two messages of one subject change places.
        case swapsWithinSubject
        /// A message in a hundred is dropped.
        case losesMessages
        /// What was handed out counts as dealt with.
        case acknowledgesOnDelivery
        /// Whoever comes back goes on after what it was handed last, not after what it says it has dealt with.
        case acknowledgesBeforeCommit
    }

    private struct State {
        var conditions = Conditions()
        var generation = 0
        var subscriptions: [ObjectIdentifier: SimulatedSubscription] = [:]
        var redeliveries = 0
        /// How far each consumer was handed the messages of each producer.
        var handedOut: [String: [String: Int64]] = [:]
    }

    let inner: EmbeddedBroker
    let world: World
    let trace: SimulationTrace
    let mischief: Mischief?
    /// How long a consumer rests, at most, before it looks for more than it has just had; none where it is not named.
    let rests: [String: Duration]
    /// What went through it.
    public let published = PublishedMessages()
    private let state: Mutex<State>

    public init(
        interests: [Interest], world: World, trace: SimulationTrace, conditions: Conditions = Conditions(),
        mischief: Mischief? = nil, rests: [String: Duration] = [:]
    ) {
        inner = EmbeddedBroker(interests: interests, time: world.time)
        self.world = world
        self.trace = trace
        self.mischief = mischief
        self.rests = rests
        state = Mutex(State(conditions: conditions))
    }

    public var conditions: Conditions {
        get { state.withLock { $0.conditions } }
        set { state.withLock { $0.conditions = newValue } }
    }

    /// Ends every subscription: the consumers notice at their next look and have to subscribe again.
    public func restart() {
        let wakes = state.withLock { state in
            state.generation += 1
            return state.subscriptions.values.sorted { $0.name < $1.name }
        }
        for subscription in wakes { subscription.wake() }
    }

    /// How often something was delivered again.
    public var redeliveryCount: Int { state.withLock { $0.redeliveries } }

    public func attach(_ outbox: Outbox) { inner.attach(outbox) }

    public func detach(producer: String) { inner.detach(producer: producer) }

    public func subscribe(_ interest: Interest, watermarks: [String: Int64]) -> any Subscription {
        var positions = watermarks
        if mischief == .acknowledgesBeforeCommit {
            positions.merge(state.withLock { $0.handedOut[interest.watermarkName] } ?? [:], uniquingKeysWith: max)
        }
        let subscription = SimulatedSubscription(
            inner.subscribe(interest, watermarks: positions), name: interest.watermarkName, broker: self,
            generation: state.withLock { $0.generation }, rest: rests[interest.consumer])
        state.withLock { $0.subscriptions[ObjectIdentifier(subscription)] = subscription }
        return subscription
    }

    var generation: Int { state.withLock { $0.generation } }

    func noteHandedOut(_ batches: [MessageBatch], to consumer: String) {
        for batch in batches { published.note(batch) }
        state.withLock { state in
            for batch in batches { state.handedOut[consumer, default: [:]][batch.producer] = batch.upTo }
        }
    }

    func noteRedelivery() { state.withLock { $0.redeliveries += 1 } }

    func forget(_ subscription: SimulatedSubscription) {
        state.withLock { $0.subscriptions[ObjectIdentifier(subscription)] = nil }
    }
}
