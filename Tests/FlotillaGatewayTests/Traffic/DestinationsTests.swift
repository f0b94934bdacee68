internal import Testing

@testable internal import FlotillaGateway

@Suite("Where requests go") struct DestinationsTests {
    private func read(_ text: String) -> (value: Destinations??, problems: String) {
        readTraffic(text) { Destinations.read(from: &$0, upstreams: ["blue", "green", "red"], isNeeded: true) }
    }

    private func destinations(_ text: String) throws -> Destinations {
        let (value, problems) = read(text)
        #expect(problems.isEmpty, "\(problems)")
        return try #require(value ?? nil)
    }

    /// Numbers that look like chance.
    private func bits(_ count: Int) -> [UInt64] {
        var state: UInt64 = 7
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func choose(
        _ destinations: Destinations, _ bits: UInt64 = 0, caller: String? = nil, _ address: String = "192.0.2.1",
        _ fields: [(String, String)] = []
    ) -> Destinations.Choice {
        destinations.choose(bits: bits, caller: caller, address: IPAddress(address), TrafficHead(fields: fields))
    }

    @Test("weights are kept", arguments: [(95, 5), (1, 1), (0, 100), (100, 0), (1, 999)])
    func weights(blue: Int, green: Int) throws {
        let both = try destinations("to: [{upstream: blue, weight: \(blue)}, {upstream: green, weight: \(green)}]")
        let count = 20_000
        let found = bits(count).reduce(0) { $0 + choose(both, $1).member }
        let wanted = Double(count) * Double(green) / Double(blue + green)
        #expect(abs(Double(found) - wanted) < 4 * wanted.squareRoot() + 1, "\(found) for \(wanted)")
        if green == 0 { #expect(found == 0) }
        if blue == 0 { #expect(found == count) }
        #expect(choose(both, 0).member == (blue > 0 ? 0 : 1) && choose(both, .max).member == (green > 0 ? 1 : 0))
    }

    @Test("one name is all of it")
    func one() throws {
        let one = try destinations("to: green")
        #expect(one.members == [.init(upstream: "green", weight: 1)])
        #expect(choose(one, .max) == .init(member: 0))
    }

    private static let cookies = """
        to: [{upstream: blue, weight: 50}, {upstream: green, weight: 50}]
        sticky: { cookie: way, ttl: 1h, secure: true }
        """

    @Test("a cookie keeps the way of the first request, also when weights change, until its upstream is not used")
    func cookie() throws {
        let both = try destinations(Self.cookies)
        for bits in bits(20) {
            let first = choose(both, bits)
            let line = try #require(first.setCookie)
            let name = both.members[first.member].upstream
            #expect(line.hasPrefix("way=\(name)."))
            #expect(line.hasSuffix("; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax"))
            let value = String(line.prefix { $0 != ";" })
            let again = choose(both, ~bits, "198.51.100.1", [("cookie", "a=b; \(value); c=d")])
            #expect(again == .init(member: first.member, key: first.key))
            let changed = try destinations(
                "to: [{upstream: red, weight: 900}, {upstream: \(name), weight: 1}]\nsticky: { cookie: way }")
            #expect(choose(changed, bits, "::1", [("cookie", "x=y"), ("cookie", value)]).member == 1)
            let gone = try destinations(
                "to: [{upstream: red, weight: 1}, {upstream: \(name), weight: 0}]\nsticky: { cookie: way }")
            let new = choose(gone, bits, "::1", [("cookie", value)])
            #expect(new.member == 0 && new.setCookie?.hasPrefix("way=red.") == true)
        }
    }

    @Test(
        "a cookie that is none is replaced",
        arguments: [
            "way=", "way=blue", "way=blue.", "way=blue.123", "way=pink.0123456789abcdef", "way=blue.0123456789abcdeg",
            "ways=blue.0123456789abcdef", "xway=blue.0123456789abcdef", "way=blue.+123456789abcdef", "way",
        ])
    func badCookies(cookie: String) throws {
        #expect(choose(try destinations(Self.cookies), 1, "::1", [("cookie", cookie)]).setCookie != nil)
    }

    @Test("by field, address or caller the way is the same, and few change when weights do", arguments: [0, 1, 2])
    func hashes(kind: Int) throws {
        let by = ["{ by: header, header: X-Team }", "{ by: address }", "{ by: caller }"][kind]
        func way(_ destinations: Destinations, _ number: Int, _ bits: UInt64) -> Int {
            let address = "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
            switch kind {
            case 0: return choose(destinations, bits, "::1", [("x-team", "t\(number)")]).member
            case 1: return choose(destinations, bits, address).member
            default: return choose(destinations, bits, caller: "u\(number)", address).member
            }
        }
        let before = try destinations(
            "to: [{upstream: blue, weight: 90}, {upstream: green, weight: 10}]\nsticky: \(by)")
        let after = try destinations("to: [{upstream: blue, weight: 80}, {upstream: green, weight: 20}]\nsticky: \(by)")
        var (green, moved) = (0, 0)
        for number in 0..<5_000 {
            let (one, other) = (way(before, number, 1), way(after, number, .max))
            #expect(one == way(before, number, .max))
            green += one
            moved += one != other ? 1 : 0
            #expect(!(one == 1 && other == 0), "nobody leaves what grows")
        }
        #expect((400...600).contains(green) && (420...690).contains(moved), "\(green) \(moved)")
    }

    @Test("who is not signed in goes by address; who does not send the field goes where chance wants")
    func fallbacks() throws {
        let caller = try destinations("to: blue\nsticky: { by: caller }")
        #expect(choose(caller, 1).key == choose(caller, 2).key && choose(caller, 1).key != nil)
        #expect(choose(caller, 1, "192.0.2.9").key != choose(caller, 1).key)
        #expect(choose(caller, 1, caller: "ann").key == choose(caller, 1, caller: "ann", "192.0.2.9").key)
        let header = try destinations("to: blue\nsticky: { by: header, header: x-a }")
        #expect(choose(header, 1).key == nil && choose(header, 1, "::1", [("x-a", "1")]).key != nil)
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("{}", "to: is not set"), ("to: bleu", "did you mean blue?"), ("to: []", "is not such a value"),
            ("to: [{upstream: blue, weight: 0}]", "no weight above 0"), ("to: [{weight: 1}]", "has no upstream"),
            ("to: [{upstream: blue}, {upstream: blue}]", "is there twice"),
            ("to: [{upstream: blue, weight: -1}]", "is out of range"),
            ("to: blue\nsticky: { cookie: 'a b' }", "is not the name of a cookie"),
            ("to: blue\nsticky: { cookie: 'a;b' }", "is not the name of a cookie"),
            ("to: blue\nsticky: { by: header }", "is not the name of a field"),
        ])
    func wrong(text: String, problem: String) {
        let problems = read(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }
}
