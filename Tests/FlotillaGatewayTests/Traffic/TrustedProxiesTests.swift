internal import Testing

@testable internal import FlotillaGateway

@Suite("The address of the client") struct TrustedProxiesTests {
    private static let file = "trustedProxies: [10.0.0.0/8, '2001:db8:aa::/48']"

    private func client(_ file: String, _ peer: String, _ name: String, _ lines: [String]) throws -> String? {
        let (proxies, problems) = readTraffic(file) { TrustedProxies(from: &$0) }
        #expect(problems.isEmpty)
        let head = TrafficHead(address: peer, fields: lines.map { (name, $0) })
        return try #require(proxies).client(head)?.description
    }

    @Test(
        "the last element that none of ours wrote is believed",
        arguments: [
            ("192.0.2.9", ["1.1.1.1"], "192.0.2.9"), ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"), ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
            ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", ["6.6.6.6", "1.1.1.1", "10.0.0.2"], "1.1.1.1"),
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"), ("10.0.0.1", ["1.1.1.1:4711"], "1.1.1.1"),
            ("10.0.0.1", ["[2001:db8::7]:80"], "2001:db8::7"), ("10.0.0.1", ["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"), ("10.0.0.1", ["1.1.1.1, "], "10.0.0.1"),
            ("10.0.0.1", ["1.1.1.1, bad, 10.0.0.2"], "10.0.0.2"), ("10.0.0.1", [""], "10.0.0.1"),
            ("::ffff:10.0.0.1", [" 1.1.1.1\t"], "1.1.1.1"), ("2001:db8:aa::1", ["::ffff:1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", ["1.1.1.1:"], "10.0.0.1"), ("10.0.0.1", ["[::1"], "10.0.0.1"),
            ("10.0.0.1", ["'1.1.1.1'"], "10.0.0.1"), ("nonsense", ["1.1.1.1"], nil),
        ] as [(String, [String], String?)])
    func forwardedFor(peer: String, lines: [String], client wanted: String?) throws {
        #expect(try client(Self.file, peer, "x-forwarded-for", lines) == wanted)
    }

    @Test(
        "Forwarded is read where it is what proxies write",
        arguments: [
            ("10.0.0.1", ["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
            ("10.0.0.1", ["for=6.6.6.6, For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            ("10.0.0.1", ["for=1.1.1.1, for=10.0.0.9"], "1.1.1.1"), ("10.0.0.1", ["for=_hidden"], "10.0.0.1"),
            ("10.0.0.1", ["proto=https"], "10.0.0.1"), ("10.0.0.1", ["proto=https; for=1.1.1.1:_port"], "1.1.1.1"),
            ("192.0.2.9", ["for=1.1.1.1"], "192.0.2.9"),
        ])
    func forwarded(peer: String, lines: [String], client wanted: String) throws {
        let file = Self.file + "\nclientAddress: forwarded"
        #expect(try client(file, peer, "forwarded", lines) == wanted)
    }

    @Test("the field that proxies do not write is never read")
    func otherField() throws {
        #expect(try client(Self.file, "10.0.0.1", "forwarded", ["for=6.6.6.6"]) == "10.0.0.1")
    }

    @Test("no more elements are looked at than there may be hops")
    func bounded() throws {
        let own = Array(repeating: "10.0.0.2", count: 100)
        #expect(try client(Self.file, "10.0.0.1", "x-forwarded-for", ["1.1.1.1"] + own) == "10.0.0.2")
        #expect(try client("{}", "10.0.0.1", "x-forwarded-for", ["1.1.1.1"]) == "10.0.0.1")
    }
}
