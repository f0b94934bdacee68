/// A seed on which a mutant is found soon, for tests to replay.
public struct KnownSeed: Sendable, Hashable, CustomStringConvertible {
    /// What is replayed: a seed, and for how long faults and load go on.
    public struct Run: Sendable, Hashable, Comparable, CustomStringConvertible {
        public let seed: UInt64
        /// Virtual ones.
        public let minutes: Int

        public var description: String { "seed \(seed) for \(minutes) min" }

        public static func < (left: Run, right: Run) -> Bool {
            (left.minutes, left.seed) < (right.minutes, right.seed)
        }
    }

    /// The mutant's name.
    public let mutant: String
    public let run: Run

    public var description: String { "\(mutant), \(run)" }

    init(_ mutant: String, _ seed: UInt64, minutes: Int) {
        self.mutant = mutant
        run = Run(seed: seed, minutes: minutes)
    }
}
