/// Tells a client that does something too often from one that does it often at times (token bucket).
struct FloodMeter {
    private var left: Double
    private var last = Duration.zero
    private let burst: Double
    private let perSecond: Double

    init(burst: Double, perSecond: Double) {
        left = burst
        self.burst = burst
        self.perSecond = perSecond
    }

    /// Counts one.
    ///
    /// - Returns: false when it is one too many.
    mutating func count(at now: Duration) -> Bool {
        if now > last {
            let seconds = Double((now - last).components.seconds) + Double((now - last).components.attoseconds) * 1e-18
            left = min(burst, left + seconds * perSecond)
            last = now
        }
        left -= 1
        return left >= 0
    }
}
