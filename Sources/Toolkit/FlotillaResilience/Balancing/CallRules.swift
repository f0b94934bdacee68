internal import FlotillaCore
internal import Synchronization

/// What the end of a call needs of a balancer's policies: numbers that are read without a lock. While the policies
/// change, a call may see some of the old ones and some of the new ones, each of which is right for it.
final class CallRules: Sendable {
    private let hashing: Atomic<Bool>
    private let failureFloor: Atomic<Int>
    private let failureCount: Atomic<Int>
    private let memoryRate: Atomic<UInt32>

    init(_ policy: BalancerPolicy, _ outliers: OutlierPolicy?) {
        hashing = Atomic(policy.algorithm == .consistentHash)
        failureFloor = Atomic(Int(policy.failureLatency.microseconds))
        failureCount = Atomic(outliers?.consecutiveFailures ?? .max)
        memoryRate = Atomic(PeakMemory(decay: policy.decay).rate.bitPattern)
    }

    /// Whether calls under way are counted.
    var isHashing: Bool { hashing.load(ordering: .relaxed) }

    /// What a failure counts as at least.
    var failureMicroseconds: Int { failureFloor.load(ordering: .relaxed) }

    /// So many failures in a row eject.
    var failuresMax: Int { failureCount.load(ordering: .relaxed) }

    /// How peaks fade.
    var memory: PeakMemory { PeakMemory(rate: Float(bitPattern: memoryRate.load(ordering: .relaxed))) }

    func adopt(_ policy: BalancerPolicy, _ outliers: OutlierPolicy?) {
        hashing.store(policy.algorithm == .consistentHash, ordering: .relaxed)
        failureFloor.store(Int(policy.failureLatency.microseconds), ordering: .relaxed)
        failureCount.store(outliers?.consecutiveFailures ?? .max, ordering: .relaxed)
        memoryRate.store(PeakMemory(decay: policy.decay).rate.bitPattern, ordering: .relaxed)
    }
}
