internal import FlotillaCore

/// A strong validator (RFC 9110, section 8.8.3): two answers with one tag are the same, byte by byte.
public struct EntityTag: Sendable, Hashable {
    private let version: String?

    /// A tag from a version the thing has anyway, of the characters a tag may have: no quotes, no spaces.
    public static func version(_ version: some CustomStringConvertible) -> EntityTag {
        let allowed = version.description.unicodeScalars.filter { (0x21...0x7E).contains($0.value) && $0 != "\"" }
        return EntityTag(version: String(String.UnicodeScalarView(allowed)))
    }

    /// A tag from the bytes of the body.
    public static let content = EntityTag(version: nil)

    private init(version: String?) { self.version = version }

    /// The header's value, with its quotes.
    func value(for bytes: [UInt8]) -> String { "\"\(version ?? Self.digest(bytes))\"" }

    /// Whether `If-None-Match` names the tag (RFC 9110, section 13.1.2, weak comparison).
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        if header == "*" { return true }
        return header.split(separator: ",").contains { candidate in
            var candidate = candidate.drop { $0 == " " }
            while candidate.last == " " { candidate.removeLast() }
            return (candidate.hasPrefix("W/") ? candidate.dropFirst(2) : candidate) == tag
        }
    }

    /// 128 bits from two hashes of different make; not against adversaries, who could only make their own
    /// cached copy stale.
    private static func digest(_ bytes: [UInt8]) -> String {
        var first = StableHash()
        var second: UInt64 = 0x9AE1_6A3B_2F90_404F
        for byte in bytes {
            first.combine(byte)
            second = (second &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
            second ^= second >> 29
        }
        return String(first.value, radix: 36) + "-" + String(second, radix: 36)
    }
}
