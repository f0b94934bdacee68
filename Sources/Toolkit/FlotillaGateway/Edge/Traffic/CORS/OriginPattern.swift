/// Which origins are meant (RFC 6454 §6): `https://a.example`, `https://a.example:8443` (that port and no other),
/// `https://*.a.example` (all hosts below it, not itself), `null`, or `*`.
struct OriginPattern: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case any
        case exactly([UInt8])
        /// Scheme with `://`, and what follows the host's first names: `.a.example:8443`.
        case below(scheme: [UInt8], rest: [UInt8])
    }

    let kind: Kind

    /// - Returns: nil when it is no origin. Letters become small and the usual port is left out, as browsers send it.
    init?(_ text: String) {
        if text == "*" || text == "null" {
            kind = text == "*" ? .any : .exactly(Array(text.utf8))
            return
        }
        let text = text.lowercased()
        guard let mark = text.range(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound]
        var authority = text[mark.upperBound...]
        guard let first = scheme.utf8.first, (97...122).contains(first), scheme.utf8.allSatisfy(Self.isOfScheme),
            Self.isAuthority(authority.hasPrefix("*.") ? authority.dropFirst(2) : authority)
        else { return nil }
        for (usual, port) in [("http", ":80"), ("https", ":443")] where scheme == usual && authority.hasSuffix(port) {
            authority = authority.dropLast(port.count)
        }
        if authority.hasPrefix("*.") {
            kind = .below(scheme: Array((scheme + "://").utf8), rest: Array(authority.dropFirst().utf8))
        } else {
            kind = .exactly(Array("\(scheme)://\(authority)".utf8))
        }
    }

    /// - Parameter origin: as it was sent; compared byte by byte, for browsers send it in one form only.
    func fits(_ origin: some Collection<UInt8>) -> Bool {
        switch kind {
        case .any: return true
        case .exactly(let wanted): return origin.count == wanted.count && origin.elementsEqual(wanted)
        case .below(let scheme, let rest):
            guard origin.count > scheme.count + rest.count, origin.starts(with: scheme),
                origin.suffix(rest.count).elementsEqual(rest)
            else { return false }
            return Self.areNames(origin.dropFirst(scheme.count).dropLast(rest.count))
        }
    }

    /// `x` or `x.y`: no empty name, and nothing that would be another part of an origin.
    private static func areNames(_ text: some Collection<UInt8>) -> Bool {
        var before = UInt8(ascii: ".")
        for byte in text {
            if byte == UInt8(ascii: "."), before == byte { return false }
            guard isOfName(byte) || byte == UInt8(ascii: ".") else { return false }
            before = byte
        }
        return before != UInt8(ascii: ".")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 97...122, 48...57, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        isOfName(byte) && byte != UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
    }

    /// A host with or without a port; version 6 in brackets.
    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let port = text[text.index(after: colon)...]
            guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (48...57).contains($0) }),
                port.utf8.first != 48, Int(port) ?? .max <= 65_535
            else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.contains(":") && IPAddress(host.dropFirst().dropLast()) != nil
        }
        return areNames(host.utf8)
    }
}

extension String {
    /// Where `piece` stands first.
    fileprivate func range(of piece: String) -> Range<String.Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(piece) { return place..<index(place, offsetBy: piece.count) }
            place = index(after: place)
        }
        return nil
    }
}
