internal import FlotillaCore
@testable internal import FlotillaProxy
internal import Foundation
internal import Testing

/// Seeded fuzzing. `FLOTILLA_FUZZ_SECONDS=60` goes on for that long with other seeds, from `FLOTILLA_FUZZ_SEED` on.
@Suite("Any bytes")
struct WireFuzzTests {
    /// What is accepted stands in it more than once: most changes make a message one to be refused.
    private static let corpus = SmugglingTable.cases.flatMap { example in
        Array(repeating: example.bytes, count: example.expected.end == .idle ? 6 : 1)
    }
    private static let answers = ResponseTable.cases.flatMap { example in
        Array(repeating: example.bytes, count: example.expected.hasPrefix("refused") ? 1 : 3)
    }
    private static let bodies = SmugglingTable.chunks.map { example in
        // What stands behind the head of the examples.
        Array(example.bytes.dropFirst(SmugglingTable.post("Transfer-Encoding: chunked\r\n").utf8.count))
    }

    private static func first(_ count: UInt64, _ check: (UInt64) -> String?) {
        for seed in 0..<count {
            guard let violation = check(seed) else { continue }
            Issue.record("seed \(seed): \(violation)")
            return
        }
    }

    @Test("requests: no crash, one outcome however cut, one framing, and what is written on is accepted again")
    func requests() {
        Self.first(1_500, Self.request)
    }

    @Test("answers: no crash, one outcome however cut, at most one framing")
    func responses() {
        Self.first(1_500, Self.response)
    }

    @Test("chunked bodies: no crash, one outcome however cut, and framed anew they are the same")
    func chunks() {
        Self.first(1_500, Self.chunk)
    }

    @Test(
        "all of it for as long as asked",
        .enabled(if: ProcessInfo.processInfo.environment["FLOTILLA_FUZZ_SECONDS"] != nil))
    func long() throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = try #require(environment["FLOTILLA_FUZZ_SECONDS"].flatMap(Int.init))
        var seed = environment["FLOTILLA_FUZZ_SEED"].flatMap(UInt64.init) ?? 1_000_000
        let time = SystemTime()
        let end = time.uptime + .seconds(seconds)
        let start = seed
        while time.uptime < end {
            for check in [Self.request, Self.response, Self.chunk] {
                guard let violation = check(seed) else { continue }
                Issue.record("seed \(seed): \(violation)")
                return
            }
            seed += 1
        }
        print("fuzzed \(3 * (seed - start)) inputs, seeds \(start) to \(seed - 1)")
    }

    private static func request(_ seed: UInt64) -> String? {
        let fuzz = WireFuzz(seed: seed, corpus: corpus)
        let bytes = fuzz.bytes()
        return RequestProperties.violation(bytes, cuts: fuzz.cuts(bytes.count))
    }

    private static func response(_ seed: UInt64) -> String? {
        let fuzz = WireFuzz(seed: seed, corpus: answers)
        let bytes = fuzz.bytes()
        let method = [RequestMethod.get, .head, .post][fuzz.random.int(in: 0...2)]
        return ResponseProperties.violation(bytes, to: method, cuts: fuzz.cuts(bytes.count))
    }

    private static func chunk(_ seed: UInt64) -> String? {
        let fuzz = WireFuzz(seed: seed, corpus: bodies)
        let bytes = fuzz.bytes()
        return ChunkProperties.violation(bytes, cuts: fuzz.cuts(bytes.count))
    }
}
