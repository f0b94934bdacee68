/// How long calls of each kind take when none of them has to wait, as far as that is known. Seconds.
///
/// Kinds are kept apart, for shedding changes the mix: with fewer quick calls the mean rises although
/// nothing has become slower.
struct LatencyBaseline: Sendable {
    private(set) var seconds: [Double]
    private var samples: [Double]

    init(kinds: Int) {
        seconds = Array(repeating: 0, count: kinds)
        samples = Array(repeating: 0, count: kinds)
    }

    var kinds: Int { seconds.count }

    /// Nil until a call of the kind has been measured.
    func expected(_ kind: Int) -> Double? { samples[kind] > 0 ? seconds[kind] : nil }

    /// Takes the mean of `count` calls into account that hardly met others: up or down.
    mutating func learn(_ kind: Int, mean: Double, count: Int) {
        let weight = Double(count)
        // The first hundred weigh alike; from then on what is older fades.
        seconds[kind] += (mean - seconds[kind]) * weight / (min(samples[kind], 100) + weight)
        samples[kind] += weight
    }

    /// Takes the mean of `count` calls into account that may have waited: that can only be too high.
    mutating func lower(_ kind: Int, mean: Double, count: Int) {
        if samples[kind] == 0 || mean < seconds[kind] { learn(kind, mean: mean, count: count) }
    }

    /// All kinds have become so many times as slow.
    mutating func scale(by factor: Double, floor: Double) {
        for kind in seconds.indices { seconds[kind] = max(floor, seconds[kind] * factor) }
    }
}
