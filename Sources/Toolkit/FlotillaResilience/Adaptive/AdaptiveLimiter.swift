/// The adaptive limit as a value: time comes in, decisions go out. ``LoadShedder`` is its shell.
///
/// A gradient limiter. In each window the latency of all calls is compared with what calls of their kinds take
/// without a queue: `limit ← limit · tolerance ÷ stretch + √limit`, by half at most, so that in the long run about
/// `tolerance` times as many are let in as are worked on. What makes such limiters stick is kept out:
/// - What it sheds is never measured, and a quick failure says nothing; a call that failed or was given up
///   after a long time, or that hangs, makes the others slow.
/// - Latency is calls under way by calls done (``LatencyWindow``), so it is that of the present limit, and the
///   backlog of a larger one does not push it too far.
/// - A baseline that was learnt under load, or before a deployment that made everything slower, is measured anew by
///   a probe: for a moment only a quarter of the limit is let in (Envoy's minRTT, BBR's ProbeRTT). If calls
///   are slow even then it is not for want of room, and the slower pace becomes the expected one.
/// - A limit that is not filled by half stays as it is, whatever the latencies; after a calm time it is back at
///   its start. It never falls below its minimum.
/// - Whether a call is let in depends on calls under way alone, never on time: a clock that stands still changes
///   nothing.
public struct AdaptiveLimiter: Sendable {
    /// A call that was let in; to be given back to ``finish(_:_:now:)``, once.
    public struct Permit: Sendable, Hashable {
        var startedAt: Duration
        var kind: Int32

        package init(startedAt: Duration, kind: Int) {
            self.startedAt = startedAt
            self.kind = Int32(kind)
        }
    }

    /// Whether a call is let in.
    public enum Admission: Sendable, Hashable {
        case admitted(Permit)
        case shed(retryAfter: Duration)
    }

    enum Phase: Sendable, Hashable {
        case open
        /// Until few enough are under way.
        case draining(since: Duration)
        /// Measures with few under way.
        case probing
    }

    /// Samples a decision needs, unless they take too long to come.
    static let samplesWanted = 20
    /// Samples a probe needs, unless they take too long to come.
    static let probeSamplesWanted = 50
    /// A window that lacks samples ends after so many times its length.
    static let patience = 10

    private(set) var policy: AdaptiveLimit
    private(set) var limit: Double
    private(set) var forced: Int?
    private(set) var inFlight = 0
    private(set) var phase = Phase.open
    private(set) var window: LatencyWindow
    private(set) var baseline: LatencyBaseline
    private(set) var tally = ShedTally()
    private(set) var stretch = 1.0
    private(set) var latency = 0.0
    /// Most calls under way for each priority, by rank.
    private var caps: (Int, Int, Int) = (0, 0, 0)
    /// The least a window lasts: a few times as long as a call without a queue.
    private var span: Duration
    /// When the baseline began to be known, from whatever load; and when it was measured without a queue.
    private var learntAt: Duration?
    private var measuredAt: Duration?
    private var probedAt: Duration?
    private var pressedAt: Duration?
    private var slowSince: Duration?
    /// The last probe found the baseline much too high; what it found itself may still be.
    private var wasWrong = false
    /// Critical calls were too many for the last probe, so the next one confines them too.
    private var confinesCritical = false
    private var floor: Double

    /// - Parameters:
    ///   - policy: must be without ``AdaptiveLimit/problems()``.
    ///   - kinds: how many kinds of calls are told apart, 1 to 1,000; those of a kind take about as long.
    public init(_ policy: AdaptiveLimit, kinds: Int = 1) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        precondition((1...1_000).contains(kinds), "kinds is \(kinds); allowed are 1 to 1,000")
        self.policy = policy
        limit = Double(policy.limitStart)
        span = policy.window
        window = LatencyWindow(kinds: kinds, at: .zero)
        baseline = LatencyBaseline(kinds: kinds)
        floor = Self.floor(of: policy)
        setCaps()
    }

    /// Asks for leave to make one call. One that is let in must be given to ``finish(_:_:now:)``.
    ///
    /// - Parameters:
    ///   - kind: 0 to below the number of kinds.
    ///   - now: `TimeSource.uptime`.
    public mutating func admit(_ priority: CallPriority, kind: Int = 0, now: Duration) -> Admission {
        advance(to: now)
        let cap =
            switch priority {
            case .critical: caps.0
            case .standard: caps.1
            case .background: caps.2
            }
        guard inFlight < cap else {
            window.sheds += 1
            tally.shed[priority] += 1
            return .shed(retryAfter: policy.retryAfter)
        }
        inFlight += 1
        window.peak = max(window.peak, inFlight)
        tally.admitted[priority] += 1
        return .admitted(Permit(startedAt: now, kind: kind))
    }

    /// Takes the end of a call that was let in into account.
    public mutating func finish(_ permit: Permit, _ outcome: CallOutcome, now: Duration) {
        precondition(inFlight > 0, "more calls left the limiter than had entered it")
        window.pass(to: now, inFlight: inFlight)
        inFlight -= 1
        measure(permit, outcome, now)
        advance(to: now)
    }

    /// Holds the limit for an operator; nil hands it back to what is measured, beginning at the start.
    public mutating func force(_ limit: Int?) {
        forced = limit
        if limit == nil { self.limit = Double(policy.limitStart) }
        (phase, slowSince) = (.open, nil)
        setCaps()
    }

    /// Goes by another policy from now on, with what has been measured.
    public mutating func adopt(_ policy: AdaptiveLimit) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        self.policy = policy
        floor = Self.floor(of: policy)
        limit = min(max(limit, Double(policy.limitMin)), Double(policy.limitMax))
        setCaps()
    }

    /// No call takes no time: a baseline of zero could not be compared with.
    private static func floor(of policy: AdaptiveLimit) -> Double { max(policy.latencyFloor.inSeconds, 1e-6) }

    /// What the end of a call tells; not for one that was not let in.
    package mutating func measure(_ permit: Permit, _ outcome: CallOutcome, _ now: Duration) {
        let seconds = max(0, (now - permit.startedAt).inSeconds)
        let kind = Int(permit.kind)
        if outcome == .success {
            latency += (seconds - latency) * (latency > 0 ? 0.05 : 1)
            window.note(kind, seconds: seconds)
        }
        // A kind that is met for the first time is no reason to move the limit.
        let expected = baseline.expected(kind) ?? seconds
        // What was not answered has done no more than it took, and no more than an answer would.
        window.add(expected: outcome == .success ? expected : min(seconds, expected))
    }
}

extension AdaptiveLimiter {
    /// Does what is due.
    private mutating func advance(to now: Duration) {
        // A clock that was turned back: nothing is due before it has come to where it was, so begin anew.
        if now < window.startedAt { return window.restart(at: now, inFlight: inFlight) }
        window.pass(to: now, inFlight: inFlight)
        switch phase {
        case .open:
            let elapsed = now - window.startedAt
            if elapsed >= span, window.samples >= Self.samplesWanted || elapsed >= patience { reconsider(now) }
        case .draining(let since):
            if inFlight <= probeLimit {
                phase = .probing
                setCaps()
                window.restart(at: now, inFlight: inFlight)
            } else if now - since >= patience {
                endProbe(now, confining: true)
            }
        case .probing:
            let elapsed = now - window.startedAt
            if elapsed >= span, window.samples >= Self.probeSamplesWanted || elapsed >= patience { concludeProbe(now) }
        }
    }

    /// How long to wait for samples at most: calls that take long come late.
    private var patience: Duration { max(policy.window * Self.patience, .seconds(2 * min(latency, 60))) }

    private mutating func reconsider(_ now: Duration) {
        defer { window.restart(at: now, inFlight: inFlight) }
        stretch = max(0.01, window.stretch ?? 1)
        if window.samples > 0 { span = max(policy.window, .seconds(min(60, 4 * window.work / Double(window.samples)))) }
        learn(now)
        let isFilled = window.sheds > 0 || Double(window.peak) >= limit / 2
        let isSlow = stretch > policy.tolerance
        if isFilled, window.sheds > 0 || isSlow { pressedAt = now }
        let growth = max(1, limit.squareRoot())
        // Far from where it should be and not getting there, or as low as it can get.
        let isFar = limit * policy.tolerance / stretch + growth < 0.85 * limit
        let isAtBottom = isSlow && limit <= 1.1 * Double(policy.limitMin)
        slowSince = isFilled && (isFar || isAtBottom) ? slowSince ?? window.startedAt : nil
        if let pressedAt {
            if now - pressedAt >= policy.probeEvery {
                self.pressedAt = nil
                move(to: max(limit, Double(policy.limitStart)))
                return
            }
            if pressedAt == now, isProbeDue(now) { return beginProbe(now) }
        }
        guard isFilled, window.samples > 0 else { return }
        let trust = min(1, Double(window.samples) / Double(Self.samplesWanted))
        let gradient = max(0.5, min(1.5, policy.tolerance / stretch))
        let target = limit * gradient + growth
        move(to: target < limit ? limit + (target - limit) * trust : target)
    }

    private mutating func learn(_ now: Duration) {
        let isLight = window.sheds == 0 && Double(window.peak) <= max(1, limit / 4)
        var count = 0
        for kind in 0..<baseline.kinds {
            let answered = window.answered(kind)
            guard answered.count > 0 else { continue }
            count += answered.count
            if isLight {
                baseline.learn(kind, mean: max(answered.mean, floor), count: answered.count)
            } else {
                baseline.lower(kind, mean: max(answered.mean, floor), count: answered.count)
            }
        }
        guard count > 0 else { return }
        learntAt = learntAt ?? now
        if isLight { measuredAt = now }
    }

    private mutating func move(to target: Double) {
        let new = min(max(target, Double(policy.limitMin)), Double(policy.limitMax))
        guard new != limit else { return }
        if new < limit { tally.falls += 1 }
        limit = new
        setCaps()
    }

    private mutating func setCaps() {
        func cap(_ limit: Double, _ priority: CallPriority) -> Int {
            max(1, Int((limit * policy.share(of: priority)).rounded(priority == .critical ? .down : .up)))
        }
        let whole = forced.map { Double($0) } ?? limit
        let confined = phase == .open ? whole : min(whole, Double(probeLimit))
        caps = (
            cap(phase == .open || confinesCritical ? confined : whole, .critical), cap(confined, .standard),
            cap(confined, .background)
        )
    }

    // MARK: Probes

    /// What is known below half the minimum would change nothing.
    private var probeLimit: Int { max(1, policy.limitMin / 2, Int(limit / 4)) }

    /// The baseline is old; or calls have been so slow for a while that it is probably wrong.
    private func isProbeDue(_ now: Duration) -> Bool {
        guard forced == nil, let learntAt else { return false }
        let last = max(learntAt, measuredAt ?? learntAt, probedAt ?? learntAt)
        let soon = policy.probeEvery / 5
        let isSlow = slowSince.map { now - $0 >= soon } ?? false
        let isDoubtful = measuredAt == nil || wasWrong || confinesCritical
        return now - last >= (isSlow || isDoubtful ? soon : policy.probeEvery)
    }

    private mutating func beginProbe(_ now: Duration) {
        phase = .draining(since: now)
        setCaps()
    }

    private mutating func concludeProbe(_ now: Duration) {
        guard window.peak <= 2 * probeLimit else { return endProbe(now, confining: true) }
        if let factor = window.stretch {
            baseline.scale(by: max(0.1, min(10, factor)), floor: floor)
            measuredAt = now
            wasWrong = factor < 0.7
            tally.probes += 1
        }
        endProbe(now, confining: false)
    }

    private mutating func endProbe(_ now: Duration, confining: Bool) {
        confinesCritical = confining
        probedAt = now
        slowSince = nil
        phase = .open
        setCaps()
        window.restart(at: now, inFlight: inFlight)
    }
}

extension Duration {
    /// As a fraction of seconds.
    var inSeconds: Double { self / .seconds(1) }
}
