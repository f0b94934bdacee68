internal import Testing

@testable internal import FlotillaGateway

@Suite("Addresses") struct IPAddressTests {
    @Test(
        "an address reads in any of its forms, and writes in one",
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("0.0.0.0", "0.0.0.0"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("::FFFF:0a00:0001", "10.0.0.1"), ("::1", "::1"), ("::", "::"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
            ("1::", "1::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("::1.2.3.4", "::102:304"), ("fe80::1:0", "fe80::1:0"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ])
    func forms(text: String, normal: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == normal)
        #expect(IPAddress(normal) == address)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "a.b.c.d",
            ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "[::1]", "fe80::1%eth0",
            "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4:80", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7::8:9",
            "1:2:3:4:5:6:7:8::", String(repeating: "1", count: 60),
        ])
    func none(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "a network has exactly its addresses",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false), ("10.1.2.3/32", "10.1.2.3", true),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("::/0", "10.0.0.1", true), ("::/0", "ffff::", true), ("::1/128", "::1", true),
            ("10.0.0.0/31", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.2", false),
        ])
    func networks(network: String, address: String, isIn: Bool) throws {
        let set = AddressSet([try #require(AddressRange(network))])
        #expect(set.contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(
        "what is no network is none",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "/8",
            "2001:db8::/129",
            "2001:db8::1/32", "::ffff:10.0.0.0/8", "10.0.0.0/+8",
        ])
    func noNetworks(text: String) { #expect(AddressRange(text) == nil) }

    @Test("overlapping networks of both versions are found as a plain search would")
    func likePlainSearch() throws {
        var state: UInt64 = 42
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        var ranges: [AddressRange] = []
        for _ in 0..<3_000 {
            let bits = Int(next() % 24) + 9
            let rest = bits == 32 ? 0 : UInt32.max >> UInt32(bits)
            let start = UInt32(truncatingIfNeeded: next() << 1) & ~rest
            let end = start | rest
            ranges.append(AddressRange(IPAddress(version4: start), IPAddress(version4: end)))
        }
        for _ in 0..<300 {
            let start = UInt128(next()) << 96
            ranges.append(AddressRange(IPAddress(bits: start), IPAddress(bits: start | (UInt128(UInt32.max) << 60))))
        }
        let set = AddressSet(ranges)
        var inside = 0
        for turn in 0..<4_000 {
            let address =
                turn % 4 == 0
                ? IPAddress(bits: (UInt128(next()) << 96) | (UInt128(next()) << 64))
                : turn % 4 == 1 ? ranges[Int(next()) % ranges.count].last : IPAddress(version4: UInt32(next()))
            let wanted = ranges.contains { $0.first <= address && address <= $0.last }
            inside += wanted ? 1 : 0
            #expect(set.contains(address) == wanted, "\(address)")
        }
        #expect(inside > 500 && inside < 3_500)
    }

    @Test("one caller of version 6 is a network of 64 bits")
    func callers() throws {
        let one = try #require(IPAddress("2001:db8:1:2:3::4"))
        let other = try #require(IPAddress("2001:db8:1:2:ffff::"))
        #expect(one.caller == other.caller)
        #expect(one.caller != IPAddress("2001:db8:1:3::")?.caller)
        #expect(IPAddress("10.0.0.1")?.caller == IPAddress("10.0.0.1"))
    }
}
