internal import FlotillaProxy
internal import Testing

@Suite("Requests that two readers could read differently")
struct SmugglingTests {
    @Test("each has the outcome required, in one piece", arguments: SmugglingTable.cases)
    func whole(_ example: WireCase) {
        #expect(WireReader.read(example.bytes) == example.expected)
    }

    @Test("each has the same outcome byte by byte", arguments: SmugglingTable.cases)
    func bytewise(_ example: WireCase) {
        #expect(WireReader.read(example.bytes, cuts: 1..<max(1, example.bytes.count)) == example.expected)
    }

    @Test("each has the same outcome cut in two at each place", arguments: SmugglingTable.cases)
    func cut(_ example: WireCase) {
        for place in 0...example.bytes.count {
            let outcome = WireReader.read(example.bytes, cuts: [place])
            guard outcome != example.expected else { continue }
            Issue.record("cut at \(place): \(outcome)")
            return
        }
    }

    @Test("there are many, each once, and every refusal of a request is among them")
    func coverage() {
        #expect(SmugglingTable.cases.count >= 60)
        #expect(Set(SmugglingTable.cases.map(\.bytes)).count == SmugglingTable.cases.count)
        var seen: Set<String> = ["status-line"]
        for example in SmugglingTable.cases {
            if case .refused(_, let slug) = example.expected.end { seen.insert(slug) }
        }
        #expect(WireRefusal.allCases.map { "\($0.slug)" }.filter { !seen.contains($0) } == [])
        #expect(Set(WireRefusal.allCases.map { "\($0.slug)" }).count == WireRefusal.allCases.count)
    }
}
