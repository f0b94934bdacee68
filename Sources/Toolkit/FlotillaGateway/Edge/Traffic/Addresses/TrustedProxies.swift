internal import FlotillaConfiguration

/// Whose word on the client's address is taken.
///
/// A proxy adds the address it was called from at the end of a list. So the list is read from its end: each element is
/// true as long as the one who wrote it is trusted, and the first that is none of ours is the client. What stands
/// before it may be invented (RFC 7239 §8.1).
struct TrustedProxies: Sendable {
    /// In which field proxies say it. Just one is read: a proxy that writes one lets the other through as it came.
    enum Source: String, Sendable, CaseIterable {
        case xForwardedFor = "x-forwarded-for"
        /// RFC 7239.
        case forwarded
    }

    /// Elements that are looked at, from the end.
    static let hopsMax = 32

    let source: Source
    private let proxies: AddressSet

    /// Nobody is trusted: the client is whoever calls.
    static let nobody = TrustedProxies(.none)

    init(_ proxies: AddressSet, source: Source = .xForwardedFor) {
        self.proxies = proxies
        self.source = source
    }

    var isEmpty: Bool { proxies.isEmpty }

    /// Whether what this peer says of others (address, scheme, host, request ID) may be taken.
    func trusts(_ peer: IPAddress) -> Bool { !proxies.isEmpty && proxies.contains(peer) }

    /// The address of the client; nil when not even that of the peer can be read.
    func client(_ head: borrowing some EdgeHead & ~Copyable) -> IPAddress? {
        guard let peer = IPAddress(head.addressText()) else { return nil }
        return trusts(peer) ? client(peer: peer, lines: head.fieldLines(source.rawValue)) : peer
    }

    /// - Parameter lines: the values of all fields ``source``, in their order.
    func client(peer: IPAddress, lines: [String]) -> IPAddress {
        guard trusts(peer) else { return peer }
        var client = peer
        var hops = 0
        for line in lines.reversed() {
            var rest = Substring(line).utf8
            while true {
                let comma = Self.lastComma(rest)
                let element = comma.map { rest[rest.index(after: $0)...] } ?? rest
                hops += 1
                // Who cannot be read was called by the last one who can; behind him nothing is sure.
                guard hops <= Self.hopsMax, let address = address(in: element) else { return client }
                client = address
                guard trusts(address) else { return client }
                guard let comma else { break }
                rest = rest[..<comma]
            }
        }
        return client
    }

    private func address(in element: Substring.UTF8View) -> IPAddress? {
        switch source {
        case .xForwardedFor: Self.node(element)
        case .forwarded: Self.forwardedFor(element).flatMap(Self.node)
        }
    }

    /// Commas in quotes do not count; a `for` with a comma in it is refused by ``node(_:)`` anyway.
    private static func lastComma(_ text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        text.lastIndex(of: UInt8(ascii: ","))
    }

    /// The value of `for` in `for=192.0.2.60;proto=http;by=203.0.113.43`.
    private static func forwardedFor(_ element: Substring.UTF8View) -> Substring.UTF8View? {
        for pair in element.split(separator: UInt8(ascii: ";")) {
            let pair = trimmed(pair)
            guard pair.count > 4, let mark = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            if pair[..<mark].elementsEqual("for".utf8, by: { $0 | 0x20 == $1 }) {
                return pair[pair.index(after: mark)...]
            }
        }
        return nil
    }

    /// An address as it stands there: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `"[2001:db8::1]:80"`.
    private static func node(_ text: Substring.UTF8View) -> IPAddress? {
        var text = trimmed(text)
        let quote = UInt8(ascii: "\"")
        if text.count >= 2, text.first == quote, text.last == quote { text = text.dropFirst().dropLast() }
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            guard isPort(text[text.index(after: end)...]) else { return nil }
            return IPAddress(Substring(text[text.index(after: text.startIndex)..<end]))
        }
        let colons = text.lazy.filter { $0 == UInt8(ascii: ":") }.prefix(2).count
        if colons == 1, let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        return IPAddress(Substring(text))
    }

    /// Nothing, or a colon with a port (RFC 7239 lets it be hidden as `_name`).
    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first else { return true }
        let port = text.dropFirst()
        return first == UInt8(ascii: ":") && !port.isEmpty && port.count <= 32
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, first == 32 || first == 9 { text = text.dropFirst() }
        while let last = text.last, last == 32 || last == 9 { text = text.dropLast() }
        return text
    }
}

extension TrustedProxies {
    /// Reads the keys `trustedProxies` and `clientAddress` at the top of a file.
    init(from fields: inout YAMLFields) {
        self.init(
            AddressSet(
                "trustedProxies", from: &fields,
                "Proxies before this gateway, whose word on the client's address is taken."),
            source: fields.choice(
                "clientAddress", default: .xForwardedFor, "The field in which these proxies say it."))
    }
}
