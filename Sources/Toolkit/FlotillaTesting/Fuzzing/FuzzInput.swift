public import FlotillaCore

/// Makes bytes that are almost right: known ones, spliced, cut, doubled, and with a few bytes changed.
///
/// The same seed makes the same bytes, so that what is found can be found again. A value for one task.
public struct FuzzInput {
    /// For what else is left to chance in a check.
    public let random: SeededRandom
    private let corpus: FuzzCorpus

    /// Inputs made of `corpus`, as `seed` has it.
    public init(seed: UInt64, corpus: FuzzCorpus) {
        random = SeededRandom(seed: seed)
        self.corpus = corpus
    }

    /// One of the examples, mutated up to six times.
    public func bytes() -> [UInt8] { mutated(known()) }

    /// `bytes`, mutated up to six times; at most ``FuzzCorpus/bytesMax`` of them.
    public func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.int(in: 0...6) { mutate(&bytes) }
        return Array(bytes.prefix(corpus.bytesMax))
    }

    /// One of the examples as it is.
    public func known() -> [UInt8] { corpus.examples[random.int(in: 0...(corpus.examples.count - 1))] }

    /// Up to eight places to cut `count` bytes at, ascending.
    public func cuts(_ count: Int) -> [Int] {
        (0..<random.int(in: 1...8)).map { _ in random.int(in: 0...count) }.sorted()
    }

    private func place(in bytes: [UInt8]) -> Int { random.int(in: 0...bytes.count) }

    private func stretch(of bytes: [UInt8]) -> Range<Int> {
        let start = place(in: bytes)
        return start..<min(bytes.count, start + random.int(in: 0...16))
    }

    private func mutate(_ bytes: inout [UInt8]) {
        switch random.int(in: 0...9) {
        case 0 where !bytes.isEmpty:
            bytes[random.int(in: 0...(bytes.count - 1))] ^= 1 << UInt8(random.int(in: 0...7))
        case 1 where !bytes.isEmpty:
            bytes[random.int(in: 0...(bytes.count - 1))] = UInt8(random.int(in: 0...255))
        case 2: bytes.removeSubrange(stretch(of: bytes))
        case 3: bytes.insert(contentsOf: bytes[stretch(of: bytes)], at: place(in: bytes))
        case 4: bytes.removeSubrange(place(in: bytes)...)
        case 5:
            let other = known()
            bytes = Array(bytes[..<place(in: bytes)] + other[place(in: other)...])
        case 6: bytes += known()
        case 7:
            // A line of another example between two lines of this one.
            let lines = known().split(separator: 10, omittingEmptySubsequences: false)
            let line = lines[random.int(in: 0...(lines.count - 1))] + [10]
            let ends = bytes.indices.filter { bytes[$0] == 10 }
            let end = ends.isEmpty ? 0 : ends[random.int(in: 0...(ends.count - 1))] + 1
            bytes.insert(contentsOf: line, at: end)
        default:
            let piece = corpus.pieces[random.int(in: 0...(corpus.pieces.count - 1))]
            bytes.insert(contentsOf: piece, at: place(in: bytes))
        }
    }
}
