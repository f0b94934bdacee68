/// How often and when a message whose handler failed is tried again, before it becomes a dead letter.
public struct RedeliveryPolicy: Sendable, Hashable {
    /// All tries, the first included; at least 1.
    public var attemptsMax: Int
    /// The pause after the first failure; it doubles with each further one.
    public var firstDelay: Duration
    public var delayMax: Duration

    public init(attemptsMax: Int = 6, firstDelay: Duration = .milliseconds(200), delayMax: Duration = .seconds(60)) {
        self.attemptsMax = attemptsMax
        self.firstDelay = firstDelay
        self.delayMax = delayMax
    }

    /// The pause before the next try.
    ///
    /// - Returns: nil when `attempts` tries were enough.
    func delay(after attempts: Int) -> Duration? {
        guard attempts < attemptsMax else { return nil }
        return min(delayMax, firstDelay * (1 << min(attempts - 1, 20)))
    }
}
