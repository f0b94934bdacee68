/// What every `Broker` promises: at least once, in order per producer, to every declared consumer,
/// also to one that is away for a while; and a producer may forget what all of them have taken.
public enum BrokerContract {
    /// All promises.
    public static let cases: [ContractCase<BrokerEngine>] = delivery + absence + retention
}
