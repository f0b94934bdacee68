internal import FlotillaCore

/// What happened lately, as a ring of slices with a running total: O(1) a call, a fixed size.
///
/// Over a number of calls each slice is one call; over a time each slice is a tenth of it.
struct BreakerWindow: Sendable {
    /// Calls, and how many of them failed or were slow.
    struct Tally: Sendable, Hashable {
        var calls = 0
        var failures = 0
        var slow = 0

        var failureRate: Double { calls == 0 ? 0 : Double(failures) / Double(calls) }
        var slowCallRate: Double { calls == 0 ? 0 : Double(slow) / Double(calls) }

        static func += (left: inout Tally, right: Tally) {
            left.calls += right.calls
            left.failures += right.failures
            left.slow += right.slow
        }

        static func -= (left: inout Tally, right: Tally) {
            left.calls -= right.calls
            left.failures -= right.failures
            left.slow -= right.slow
        }
    }

    private static let slicesOfTime = 10

    private(set) var total = Tally()
    private var slices: [Tally]
    private var newest = 0
    /// Which slice of time `newest` is, counted from uptime zero, and when it ends: most calls come before.
    private var newestTick: Int64 = 0
    private var newestEnds: Duration = .zero
    /// Length of a slice; zero when slices are calls.
    private let tickMicroseconds: Int64

    init(_ window: BreakerPolicy.Rate.Window) {
        switch window {
        case .calls(let calls):
            slices = Array(repeating: Tally(), count: calls)
            tickMicroseconds = 0
        case .time(let time):
            slices = Array(repeating: Tally(), count: Self.slicesOfTime)
            tickMicroseconds = max(1, time.microseconds / Int64(Self.slicesOfTime))
        }
    }

    mutating func add(failed: Bool, slow: Bool, now: Duration) {
        if tickMicroseconds == 0 { startSlice() } else { advance(to: now) }
        let call = Tally(calls: 1, failures: failed ? 1 : 0, slow: slow ? 1 : 0)
        slices[newest] += call
        total += call
    }

    /// Forgets the slices that `now` has left behind. Nothing to do when slices are calls.
    mutating func advance(to now: Duration) {
        guard tickMicroseconds > 0, now >= newestEnds else { return }
        let tick = now.microseconds / tickMicroseconds
        guard tick > newestTick else { return }
        for _ in 0..<min(tick - newestTick, Int64(slices.count)) { startSlice() }
        newestTick = tick
        newestEnds = .microseconds((tick + 1) * tickMicroseconds)
    }

    mutating func reset() {
        total = Tally()
        for index in slices.indices { slices[index] = Tally() }
    }

    private mutating func startSlice() {
        newest = newest + 1 == slices.count ? 0 : newest + 1
        total -= slices[newest]
        slices[newest] = Tally()
    }
}
