/// When a call that takes long is made once more beside itself, so that one slow instance does not make a slow answer
/// (Dean and Barroso, "The Tail at Scale"). Plain data.
///
/// The first success is the answer; the other attempts are cancelled. Only calls that may be made twice are hedged, and
/// every extra attempt is taken from the retry budget: when everything is slow, hedging ends by itself.
public struct HedgePolicy: Sendable, Hashable {
    /// How long an attempt may take before another one is made beside it.
    public enum Delay: Sendable, Hashable {
        /// Always so long, 1 ms to 1 minute.
        case fixed(Duration)
        /// As long as this share of the recent successful attempts took at most (0.95: one in twenty is hedged), but at
        /// least `atLeast`; until enough attempts have been seen, `untilKnown`. Share from 0.5 to 0.999, times 1 ms to
        /// 1 minute.
        case observed(share: Double = 0.95, atLeast: Duration = .milliseconds(5), untilKnown: Duration = .seconds(1))
    }

    /// How long to wait before each extra attempt.
    public var delay: Delay
    /// Extra attempts beside each one at most, 1 to 5.
    public var extraMax: Int

    /// One extra attempt after what 95 % of the attempts take, unless told otherwise.
    public init(delay: Delay = .observed(), extraMax: Int = 1) {
        self.delay = delay
        self.extraMax = extraMax
    }

    /// Whether it wants to know how long attempts take.
    var isObserving: Bool {
        if case .observed = delay { true } else { false }
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        let times: ClosedRange<Duration> = .milliseconds(1) ... .seconds(60)
        switch delay {
        case .fixed(let delay): problems.require(times, delay, "hedge.delay")
        case .observed(let share, let atLeast, let untilKnown):
            if !(0.5...0.999).contains(share) { problems.add("hedge.share is \(share); allowed are 0.5 to 0.999") }
            problems.require(times, atLeast, "hedge.atLeast")
            problems.require(times, untilKnown, "hedge.untilKnown")
        }
        problems.require(1...5, extraMax, "hedge.extraMax")
        return problems.list
    }
}
