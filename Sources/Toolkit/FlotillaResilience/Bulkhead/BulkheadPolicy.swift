/// How many calls to a target may be under way and wait at once, so that one slow target cannot take
/// all the room a process has (Nygard, "Release It!"). Plain data.
public struct BulkheadPolicy: Sendable, Hashable {
    /// The name of the pool whose room it is: all targets of one caller whose policies name it share it, and must give
    /// it the same bounds. Nil: the target has room of its own.
    public var pool: String?
    /// Calls under way at once, 1 to 100,000.
    public var concurrencyMax: Int
    /// Calls that wait for room, 0 to 100,000; one more is refused at once.
    public var queueMax: Int
    /// No call waits longer for room, up to 1 hour.
    public var waitMax: Duration

    /// 50 calls at once, as many waiting, each for a second at most, unless told otherwise.
    public init(
        pool: String? = nil, concurrencyMax: Int = 50, queueMax: Int = 50, waitMax: Duration = .seconds(1)
    ) {
        self.pool = pool
        self.concurrencyMax = concurrencyMax
        self.queueMax = queueMax
        self.waitMax = waitMax
    }

    /// For what a customer waits for: 20 at once.
    public static let critical = BulkheadPolicy(pool: "critical", concurrencyMax: 20, queueMax: 40)
    /// For most calls: 50 at once.
    public static let standard = BulkheadPolicy(pool: "standard")
    /// For what can wait: 10 at once, and a long patience.
    public static let background = BulkheadPolicy(
        pool: "background", concurrencyMax: 10, queueMax: 100, waitMax: .seconds(10))

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        if let pool, pool.isEmpty || pool.utf8.count > 64 {
            problems.add("bulkhead.pool is '\(pool)'; allowed are 1 to 64 characters")
        }
        problems.require(1...100_000, concurrencyMax, "bulkhead.concurrencyMax")
        problems.require(0...100_000, queueMax, "bulkhead.queueMax")
        problems.require(.zero ... .seconds(3600), waitMax, "bulkhead.waitMax")
        return problems.list
    }
}

extension BulkheadPolicy {
    /// Pools to which some policies give other bounds than others, each in a sentence; empty when there are none.
    public static func conflicts(_ policies: [CallPolicy]) -> [String] {
        var known: [String: CallPolicy] = [:]
        var problems: [String] = []
        for policy in policies {
            guard let bulkhead = policy.bulkhead, let pool = bulkhead.pool else { continue }
            if let first = known[pool], first.bulkhead != bulkhead {
                problems.append(
                    "bulkhead.pool '\(pool)' has other bounds in '\(policy.name)' than in '\(first.name)'; "
                        + "allowed is one set of bounds for a pool")
            }
            known[pool] = known[pool] ?? policy
        }
        return problems
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
    /// The bounds that hold.
    public var policy: BulkheadPolicy
    /// Whether an operator holds it to them.
    public var isForced = false
}

/// The bounds an operator holds a bulkhead to, whatever its policy says. Plain data.
public struct BulkheadForce: Sendable, Hashable {
    /// Calls under way at once, 1 to 100,000.
    public var concurrencyMax: Int
    /// Calls that wait for room, 0 to 100,000.
    public var queueMax: Int

    public init(concurrencyMax: Int, queueMax: Int) {
        self.concurrencyMax = concurrencyMax
        self.queueMax = queueMax
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] { applied(to: BulkheadPolicy()).problems() }

    func applied(to policy: BulkheadPolicy) -> BulkheadPolicy {
        var policy = policy
        (policy.concurrencyMax, policy.queueMax) = (concurrencyMax, queueMax)
        return policy
    }
}
