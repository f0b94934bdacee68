public import FlotillaCore
internal import Synchronization

/// The rooms that several targets share, by name: `critical`, `standard`, `background`.
///
/// A pool belongs to one caller. Callers that share a process do not share their pools: a service that called another
/// one while it is called itself would otherwise wait for the room it holds. Safe to share between tasks.
public final class BulkheadPools: Sendable {
    private struct Name: Hashable {
        var caller: String
        var pool: String
    }

    /// Names come from configuration, not from input; more than these are a defect.
    private static let poolsMax = 10_000

    private let time: any TimeSource
    private let pools = Mutex<[Name: Bulkhead]>([:])

    /// No pools yet.
    public init(time: any TimeSource) { self.time = time }

    /// The pool that `policy` names, with the bounds it has there; nil when it names none.
    ///
    /// - Parameter caller: whose pool: `orders`.
    public func pool(_ policy: BulkheadPolicy, of caller: String) -> Bulkhead? {
        guard let name = policy.pool else { return nil }
        let pool = pools.withLock { pools in
            let key = Name(caller: caller, pool: name)
            if let known = pools[key] { return known }
            precondition(pools.count < Self.poolsMax, "over \(Self.poolsMax) pools: is input in their names?")
            let new = Bulkhead(target: "pool \(name) of \(caller)", policy: policy, time: time, isShared: true)
            pools[key] = new
            return new
        }
        pool.adopt(policy)
        return pool
    }

    /// All pools, by caller and name.
    public func snapshots() -> [BulkheadPoolSnapshot] {
        let all = pools.withLock { $0.sorted { ($0.key.caller, $0.key.pool) < ($1.key.caller, $1.key.pool) } }
        return all.map { BulkheadPoolSnapshot(caller: $0.key.caller, pool: $0.key.pool, room: $0.value.snapshot()) }
    }
}

/// A shared pool at one moment.
public struct BulkheadPoolSnapshot: Sendable, Hashable {
    /// Whose calls: `orders`.
    public var caller: String
    /// Its name: `standard`.
    public var pool: String
    /// How full it is.
    public var room: BulkheadSnapshot
}
