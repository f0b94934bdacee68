/// How many calls to a target may be under way and wait at once, so that one slow target cannot take
/// all the room a process has (Nygard, "Release It!"). Plain data.
public struct BulkheadPolicy: Sendable, Hashable {
    /// Calls under way at once, 1 to 100,000.
    public var concurrencyMax: Int
    /// Calls that wait for room, 0 to 100,000; one more is refused at once.
    public var queueMax: Int
    /// No call waits longer for room, up to 1 hour.
    public var waitMax: Duration

    /// 50 calls at once, as many waiting, each for a second at most, unless told otherwise.
    public init(concurrencyMax: Int = 50, queueMax: Int = 50, waitMax: Duration = .seconds(1)) {
        self.concurrencyMax = concurrencyMax
        self.queueMax = queueMax
        self.waitMax = waitMax
    }

    /// For what a customer waits for: 20 at once.
    public static let critical = BulkheadPolicy(concurrencyMax: 20, queueMax: 40)
    /// For most calls: 50 at once.
    public static let standard = BulkheadPolicy()
    /// For what can wait: 10 at once, and a long patience.
    public static let background = BulkheadPolicy(concurrencyMax: 10, queueMax: 100, waitMax: .seconds(10))

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        problems.require(1...100_000, concurrencyMax, "bulkhead.concurrencyMax")
        problems.require(0...100_000, queueMax, "bulkhead.queueMax")
        problems.require(.zero ... .seconds(3600), waitMax, "bulkhead.waitMax")
        return problems.list
    }
}

/// A bulkhead at one moment.
public struct BulkheadSnapshot: Sendable, Hashable {
    /// Calls under way.
    public var running: Int
    /// Calls that wait for room.
    public var waiting: Int
    /// Calls refused since the start, whether at once or after waiting.
    public var refusals: Int
    /// The bounds.
    public var policy: BulkheadPolicy
}
