internal import FlotillaConfiguration
internal import FlotillaCore

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Where the requests of a route go: to one upstream, or to several by weight (canary; blue and green are 0 and 100).
struct Destinations: Sendable, Hashable {
    /// One upstream.
    struct Member: Sendable, Hashable {
        var upstream: String
        /// Its share is this over the sum of all, 0 to 1,000,000.
        var weight: Int
    }

    /// Where one request goes.
    struct Choice: Sendable, Hashable {
        /// The place in ``members``.
        var member: Int
        /// Equal for requests that belong together, for upstreams that hash; nil: nothing is known.
        var key: UInt64?
        /// The value of `Set-Cookie` that the answer must carry; nil: none.
        var setCookie: String?
    }

    static let membersMax = 50

    let members: [Member]
    let sticky: Stickiness?
    private let total: UInt64

    /// - Parameter members: at least one, and one whose weight is not 0.
    init(_ members: [Member], sticky: Stickiness? = nil) {
        precondition(members.contains { $0.weight > 0 }, "destinations of which none is used")
        self.members = members
        self.sticky = sticky
        total = members.reduce(0) { $0 + UInt64($1.weight) }
    }

    /// Where a request goes. The same arguments give the same answer, on every machine.
    ///
    /// - Parameters:
    ///   - bits: 64 random ones.
    ///   - caller: the user or client that was proved.
    ///   - address: of the client.
    func choose(
        bits: UInt64, caller: String?, address: IPAddress?, _ head: borrowing some EdgeHead & ~Copyable
    ) -> Choice {
        guard let sticky else { return Choice(member: byWeight(bits)) }
        switch sticky.by {
        case .cookie: return choose(sticky, bits, head)
        case .header(let name):
            // Who does not send it is nobody's, and goes where chance wants.
            guard let value = head.field(name) else { return Choice(member: byWeight(bits)) }
            return choose(key: Self.mixed(StableHash(value).value))
        case .address: return choose(key: Self.hash(address))
        case .caller: return choose(key: caller.map { Self.mixed(StableHash($0).value) } ?? Self.hash(address))
        }
    }

    private func byWeight(_ bits: UInt64) -> Int {
        if members.count == 1 { return 0 }
        var place = total.multipliedFullWidth(by: bits).high
        for (index, member) in members.enumerated() {
            if place < UInt64(member.weight) { return index }
            place -= UInt64(member.weight)
        }
        return members.count - 1
    }

    /// The member whose number for this key is best by its weight: when weights change, only as many keys move as have
    /// to (weighted rendezvous hashing; Schindelhauer and Schomaker, 2005).
    private func choose(key: UInt64) -> Choice {
        if members.count == 1 { return Choice(member: 0, key: key) }
        var best = (member: 0, score: -1.0)
        for (index, member) in members.enumerated() where member.weight > 0 {
            var hash = StableHash(seed: key)
            hash.combine(member.upstream.utf8)
            // Above 0 and below 1.
            let unit = (Double(Self.mixed(hash.value) >> 11) + 0.5) * 0x1p-53
            let score = Double(member.weight) / -log(unit)
            if score > best.score { best = (index, score) }
        }
        return Choice(member: best.member, key: key)
    }

    /// The cookie says where the first request went, and a number that tells instances apart. It is not signed: who
    /// changes it chooses only among upstreams that are in use.
    private func choose(_ sticky: Stickiness, _ bits: UInt64, _ head: borrowing some EdgeHead & ~Copyable) -> Choice {
        if var value = sticky.value(head), let known = value.withUTF8(self.known) { return known }
        let member = byWeight(bits)
        let key = Self.mixed(bits ^ 0x9E37_79B9_7F4A_7C15)
        let text = String(key, radix: 16)
        let padded = String(repeating: "0", count: 16 - text.utf8.count) + text
        return Choice(
            member: member, key: key, setCookie: sticky.cookie("\(members[member].upstream).\(padded)"))
    }

    /// What a cookie says: a name, a dot, and 16 hexadecimal digits; nil when it is no such thing any more.
    private func known(_ value: UnsafeBufferPointer<UInt8>) -> Choice? {
        let dot = value.count - 17
        guard dot > 0, value[dot] == UInt8(ascii: ".") else { return nil }
        var key: UInt64 = 0
        for byte in value[(dot + 1)...] {
            switch byte {
            case 48...57: key = key << 4 | UInt64(byte - 48)
            case 97...102: key = key << 4 | UInt64(byte - 87)
            default: return nil
            }
        }
        let place = members.firstIndex { $0.weight > 0 && value[..<dot].elementsEqual($0.upstream.utf8) }
        return place.map { Choice(member: $0, key: key) }
    }

    private static func hash(_ address: IPAddress?) -> UInt64 {
        let bits = address?.caller.bits ?? 0
        return mixed(UInt64(truncatingIfNeeded: bits >> 64) ^ mixed(UInt64(truncatingIfNeeded: bits)))
    }

    /// Every bit of the result depends on every bit (SplitMix64).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Destinations {
    /// Reads the keys `to` and `sticky` of a route; nil when `to` is not there or wrong, which is told unless
    /// something else answers.
    /// ```yaml
    /// to: [{ upstream: blue, weight: 95 }, { upstream: green, weight: 5 }]
    /// ```
    ///
    /// - Parameters:
    ///   - upstreams: names there are.
    ///   - isNeeded: whether nothing else answers the route's requests.
    static func read(from fields: inout YAMLFields, upstreams: [String], isNeeded: Bool) -> Destinations? {
        let found = fields.textOrGroups(
            "to", count: 1...membersMax, "The upstream, by its name; or a list of them with weights."
        ) { fields in
            let name = fields.optionalText("upstream", "An upstream, by its name.")
            let weight = fields.int("weight", in: 0...1_000_000, default: 1, "Its share over the sum of all.")
            if name == nil, !fields.isDescribing { fields.problem("has no upstream", allowed: "a name of upstreams") }
            return Member(upstream: name ?? "", weight: weight)
        }
        let sticky = Stickiness.read(from: &fields)
        if fields.isDescribing { return nil }
        var members: [Member] = []
        switch found {
        case .text(let name): members = [Member(upstream: name, weight: 1)]
        case .groups(let groups): members = groups.map(\.value).filter { !$0.upstream.isEmpty }
        case nil:
            if isNeeded, !fields.has("to") {
                fields.problem(at: "to", "is not set", allowed: upstreams.joined(separator: ", "))
            }
            return nil
        }
        for (index, member) in members.enumerated() {
            if !upstreams.contains(member.upstream) {
                let hint = ConfigurationProblem.suggestion(for: member.upstream, among: upstreams)
                fields.problem(
                    at: "to", value: member.upstream, "is no upstream" + hint,
                    allowed: upstreams.isEmpty ? "a name of upstreams" : upstreams.joined(separator: ", "))
            }
            if members[..<index].contains(where: { $0.upstream == member.upstream }) {
                fields.problem(at: "to", value: member.upstream, "is there twice", allowed: "each upstream once")
            }
        }
        guard members.contains(where: { $0.weight > 0 }) else {
            if !members.isEmpty {
                fields.problem(at: "to", "has no weight above 0", allowed: "at least one that is used")
            }
            return nil
        }
        return Destinations(members, sticky: sticky)
    }
}
