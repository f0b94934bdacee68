public import FlotillaCore
internal import Synchronization

/// One incarnation of an instance as a caller sees it: where it is, and what this caller has to do with it now.
///
/// The counters are read by every pick and changed by every call, without a lock; they may be a moment apart.
public final class Endpoint: Sendable {
    /// Who it is and where.
    public let instance: Instance
    /// When this incarnation registered.
    public let registeredAt: Timestamp

    let inFlight = Atomic(0)
    /// Recent peak latency: microseconds as a `Float` in the upper half, in the lower the ``Tick`` it is of.
    let cost = Atomic<UInt64>(0)
    let failuresInARow = Atomic(0)
    /// Calls that have ended; those under way are not in it, so that a pick has one counter less to change.
    let ended = Atomic(0)
    let failures = Atomic(0)
    /// Since the last look at all instances.
    let recentSuccesses = Atomic(0)
    let recentFailures = Atomic(0)
    let recentMicroseconds = Atomic(0)

    /// An endpoint without a past.
    public init(_ instance: Instance, registeredAt: Timestamp) {
        self.instance = instance
        self.registeredAt = registeredAt
    }

    /// Calls of this caller that are under way there.
    public var callsInFlight: Int { inFlight.load(ordering: .relaxed) }
}

/// Milliseconds on the clock that never jumps, as many as fit: they wrap after 49 days, and only differences count.
typealias Tick = UInt32

/// Recent peak latencies, in the manner of Finagle's Peak EWMA: a higher value counts at once, a lower one as the
/// memory of the peak fades. Half-lives instead of time constants, since powers of two cost no `exp`.
struct PeakMemory: Sendable {
    /// Half-lives per millisecond.
    let rate: Float

    init(decay: Duration) { rate = 1 / Float(decay.inSeconds * 1_000 * 0.693_147) }

    init(rate: Float) { self.rate = rate }

    /// What is left after some milliseconds: 2^-x, exact where x is whole, linear in between (at most 6 % above).
    @inline(__always)
    func share(after milliseconds: Int32) -> Float {
        let halvings = Float(max(0, milliseconds)) * rate
        guard halvings < 64 else { return 0 }
        let whole = UInt32(halvings)
        return Float(bitPattern: (127 - whole) << 23) * (1 - (halvings - Float(whole)) * 0.5)
    }

    /// The microseconds a packed cost stands for at `tick`.
    @inline(__always)
    func microseconds(_ packed: UInt64, at tick: Tick) -> Float {
        let elapsed = Int32(truncatingIfNeeded: tick &- Tick(truncatingIfNeeded: packed))
        return Float(bitPattern: UInt32(packed >> 32)) * share(after: elapsed)
    }

    /// The packed cost after a call took `observed` microseconds.
    func adding(_ observed: Float, to packed: UInt64, at tick: Tick) -> UInt64 {
        let elapsed = Int32(truncatingIfNeeded: tick &- Tick(truncatingIfNeeded: packed))
        let share = share(after: elapsed)
        let old = Float(bitPattern: UInt32(packed >> 32))
        let value = observed >= old * share ? observed : old * share + observed * (1 - share)
        // A call that ended out of turn must not turn the clock back.
        let stamp = elapsed < 0 ? Tick(truncatingIfNeeded: packed) : tick
        return UInt64(value.bitPattern) << 32 | UInt64(stamp)
    }
}

extension Endpoint {
    /// Remembers how long a call took.
    func observe(microseconds: Float, at tick: Tick, _ memory: PeakMemory) {
        var old = cost.load(ordering: .relaxed)
        while true {
            let new = memory.adding(microseconds, to: old, at: tick)
            let (exchanged, original) = cost.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }

    /// What a further call is expected to take, times those that are under way.
    @inline(__always)
    func expectedWait(at tick: Tick, _ memory: PeakMemory) -> Float {
        let running = Float(inFlight.load(ordering: .relaxed))
        let cost = memory.microseconds(self.cost.load(ordering: .relaxed), at: tick)
        if cost > 0 { return cost * (running + 1) }
        // Nobody knows how fast it is: one call may find out, others wait for that.
        return running == 0 ? 0 : 1e12 * running
    }
}
