/// Everything about the outside that would make two runs of the same code differ: time, randomness, IDs.
///
/// A service receives one and passes it on in initialisers. Real runs get ``system()``; tests hand in
/// clocks and generators of their own.
public struct World: Sendable {
    public let time: any TimeSource
    public let random: any RandomSource
    public let ids: IDSource

    public init(time: any TimeSource, random: any RandomSource) {
        self.time = time
        self.random = random
        self.ids = IDSource(time: time, random: random)
    }

    /// The machine's clock and its cryptographic randomness.
    public static func system() -> World { World(time: SystemTime(), random: SystemRandom()) }

    /// A world that repeats itself: a clock that moves only when told to, numbers from `seed`.
    public static func manual(_ time: ManualTime = ManualTime(), seed: UInt64 = 1) -> World {
        World(time: time, random: SeededRandom(seed: seed))
    }

    public var now: Timestamp { time.now }
}
