internal import FlotillaCore

/// A moment at which all customers buy at once, as when a newsletter went out: what they do shares commits and batches,
/// races for the same pieces, and fills queues that one after another would not.
struct Rush: Sendable {
    /// Virtual time after the start of the load.
    let begins: Duration
    /// What each customer buys in it.
    let purchases: Int

    /// From one to the next, on average.
    private static let pause = Duration.seconds(16)
    /// Within this time everybody has begun.
    static let spread = Duration.seconds(1)
    /// One in so many is a crowd.
    private static let crowdEvery = 6
    /// More at once than a service's database takes into its queue.
    private static let crowdPurchases = 3

    /// The rushes of a run, in their order; the same for the same seed.
    static func drawn(seed: UInt64, during duration: Duration) -> [Rush] {
        let random = SeededRandom(seed: seed &* 1_000 &+ 999)
        var rushes: [Rush] = []
        var begins = pause * 2 * random.unit()
        while begins + spread < duration {
            let isCrowd = random.int(in: 1...crowdEvery) == 1
            rushes.append(Rush(begins: begins, purchases: isCrowd ? crowdPurchases : 1))
            begins += spread + (pause - spread) * 2 * random.unit()
        }
        return rushes
    }
}
