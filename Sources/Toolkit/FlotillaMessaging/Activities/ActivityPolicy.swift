/// How an activity is done: how long one try may take, how many are under way, and how it is tried again. Plain data,
/// from configuration.
public struct ActivityPolicy: Sendable, Hashable {
    /// How long one try may take.
    public var timeout: Duration
    /// How many may be under way at a time.
    public var concurrencyMax: Int
    /// How often and when it is tried again.
    public var redelivery: RedeliveryPolicy

    /// 30 seconds, 64 at a time, a thousand tries from 200 ms apart up to a minute, unless told otherwise.
    public init(
        timeout: Duration = .seconds(30), concurrencyMax: Int = 64,
        redelivery: RedeliveryPolicy = RedeliveryPolicy(attemptsMax: 1_000, firstDelay: .milliseconds(200))
    ) {
        self.timeout = timeout
        self.concurrencyMax = concurrencyMax
        self.redelivery = redelivery
    }
}

extension Activity {
    /// The same activity, done by another policy; nil: by its own, that it was made with.
    public func going(by policy: ActivityPolicy?) -> Activity {
        var copy = self
        let own = ownPolicy ?? self.wholePolicy
        copy.ownPolicy = own
        let policy = policy ?? own
        copy.timeout = policy.timeout
        copy.concurrencyMax = policy.concurrencyMax
        copy.policy = policy.redelivery
        return copy
    }

    /// How it is done.
    var wholePolicy: ActivityPolicy {
        ActivityPolicy(timeout: timeout, concurrencyMax: concurrencyMax, redelivery: policy)
    }
}
