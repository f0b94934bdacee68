internal import FlotillaCore

/// Makes bytes that are almost HTTP: known ones, spliced, cut, doubled, and with a few bytes changed.
///
/// The same seed makes the same bytes, so that what is found can be found again.
struct WireFuzz {
    let random: SeededRandom
    private let corpus: [[UInt8]]

    /// Pieces that parsers have stumbled over; put in wherever chance has it.
    private static let pieces: [String] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", ":", ",", ";", "=", "\"", "\\", "%", "%2e", "#", "?", "/", "*",
        "@", "0", "5", "f", "FFFFFFFFFFFFFFFF", "+", "-", "0x", "_", "\u{0B}", "\u{0C}", "\u{7F}", "\u{85}", "\u{A0}",
        "\u{FF}", "chunked", "identity", "close", "keep-alive", "upgrade", "HTTP/1.0", "HTTP/1.1", "Host: b\r\n",
        "Content-Length: 5\r\n", "Content-Length: 6\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: x\r\n",
        "Connection: x-a, close\r\n", "X-A: 1\r\n", "Expect: 100-continue\r\n", "0\r\n\r\n", "5\r\nhello\r\n", ";a=b",
        "GET / HTTP/1.1\r\n", "POST http://a/ HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", " x: y\r\n",
    ]

    init(seed: UInt64, corpus: [[UInt8]]) {
        random = SeededRandom(seed: seed)
        self.corpus = corpus
    }

    /// One of the corpus, mutated up to six times; at most 4,096 bytes.
    func bytes() -> [UInt8] {
        var bytes = known()
        for _ in 0..<random.int(in: 0...6) { mutate(&bytes) }
        return Array(bytes.prefix(4_096))
    }

    /// Up to eight places to cut `count` bytes at, ascending.
    func cuts(_ count: Int) -> [Int] {
        (0..<random.int(in: 1...8)).map { _ in random.int(in: 0...count) }.sorted()
    }

    private func known() -> [UInt8] { corpus[random.int(in: 0...(corpus.count - 1))] }

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
            // A line of another message between two lines of this one.
            let lines = known().split(separator: 10, omittingEmptySubsequences: false)
            let line = lines[random.int(in: 0...(lines.count - 1))] + [10]
            let ends = bytes.indices.filter { bytes[$0] == 10 }
            let end = ends.isEmpty ? 0 : ends[random.int(in: 0...(ends.count - 1))] + 1
            bytes.insert(contentsOf: line, at: end)
        default:
            let piece = Self.pieces[random.int(in: 0...(Self.pieces.count - 1))]
            bytes.insert(contentsOf: piece.unicodeScalars.map { UInt8($0.value) }, at: place(in: bytes))
        }
    }
}
