internal import FlotillaCore
@testable internal import FlotillaProxy
internal import FlotillaTesting
internal import Testing

@Suite("Any bytes")
struct WireFuzzTests {
    private static let pieces = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", ":", ",", ";", "=", "\"", "\\", "%", "%2e", "#", "?", "/", "*",
        "@", "0", "5", "f", "FFFFFFFFFFFFFFFF", "+", "-", "0x", "_", "\u{0B}", "\u{0C}", "\u{7F}", "\u{85}", "\u{A0}",
        "\u{FF}", "chunked", "identity", "close", "keep-alive", "upgrade", "HTTP/1.0", "HTTP/1.1", "Host: b\r\n",
        "Content-Length: 5\r\n", "Content-Length: 6\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: x\r\n",
        "Connection: x-a, close\r\n", "X-A: 1\r\n", "Expect: 100-continue\r\n", "0\r\n\r\n", "5\r\nhello\r\n", ";a=b",
        "GET / HTTP/1.1\r\n", "POST http://a/ HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", " x: y\r\n",
    ]

    /// What is accepted stands in it more than once: most changes make a message one to be refused.
    private static let corpus = FuzzCorpus(
        SmugglingTable.cases.flatMap { example in
            Array(repeating: example.bytes, count: example.expected.end == .idle ? 6 : 1)
        }, pieces: pieces)
    private static let answers = FuzzCorpus(
        ResponseTable.cases.flatMap { example in
            Array(repeating: example.bytes, count: example.expected.hasPrefix("refused") ? 1 : 3)
        }, pieces: pieces)
    private static let bodies = FuzzCorpus(
        SmugglingTable.chunks.map { example in
            // What stands behind the head of the examples.
            Array(example.bytes.dropFirst(SmugglingTable.post("Transfer-Encoding: chunked\r\n").utf8.count))
        }, pieces: pieces)

    @Test("requests: no crash, one outcome however cut, one framing, and what is written on is accepted again")
    func requests() async {
        await Fuzzing.run(inputs: 1_500) { seed in
            let fuzz = FuzzInput(seed: seed, corpus: Self.corpus)
            let bytes = fuzz.bytes()
            return RequestProperties.violation(bytes, cuts: fuzz.cuts(bytes.count))
        }
    }

    @Test("answers: no crash, one outcome however cut, at most one framing")
    func responses() async {
        await Fuzzing.run(inputs: 1_500) { seed in
            let fuzz = FuzzInput(seed: seed, corpus: Self.answers)
            let bytes = fuzz.bytes()
            let method = [RequestMethod.get, .head, .post][fuzz.random.int(in: 0...2)]
            return ResponseProperties.violation(bytes, to: method, cuts: fuzz.cuts(bytes.count))
        }
    }

    @Test("chunked bodies: no crash, one outcome however cut, and framed anew they are the same")
    func chunks() async {
        await Fuzzing.run(inputs: 1_500) { seed in
            let fuzz = FuzzInput(seed: seed, corpus: Self.bodies)
            let bytes = fuzz.bytes()
            return ChunkProperties.violation(bytes, cuts: fuzz.cuts(bytes.count))
        }
    }
}
