/// An IP address of either version, as 128 bits: those of version 4 stand where version 6 has room for them
/// (`::ffff:a.b.c.d`, RFC 4291 §2.5.5.2), so an address is the same however it was written.
struct IPAddress: Sendable, Hashable, Comparable {
    /// In the order of the network, the first byte highest.
    let bits: UInt128

    static let firstOfVersion4 = UInt128(0xFFFF_0000_0000)

    init(bits: UInt128) { self.bits = bits }

    init(version4: UInt32) { bits = Self.firstOfVersion4 | UInt128(version4) }

    /// - Returns: nil when `text` is none: `10.0.0.1` without leading zeros, or version 6 as RFC 4291 §2.2 writes it,
    ///   without brackets; a zone (`%eth0`) is not taken.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }
        let found = text.utf8.withContiguousStorageIfAvailable { Self.parse(UnsafeRawBufferPointer($0)) }
        guard let address = found ?? Array(text.utf8).withUnsafeBytes({ Self.parse($0) }) else { return nil }
        self = address
    }

    static func < (left: IPAddress, right: IPAddress) -> Bool { left.bits < right.bits }

    var isVersion4: Bool { bits >> 32 == 0xFFFF }

    /// The last four bytes.
    var low: UInt32 { UInt32(truncatingIfNeeded: bits) }

    /// What stands for one caller: the address itself for version 4; for version 6 the network of 64 bits, since one
    /// customer has all of it.
    var caller: IPAddress { isVersion4 ? self : IPAddress(bits: (bits >> 64) << 64) }

    // MARK: Reading

    static func parse(_ text: UnsafeRawBufferPointer) -> IPAddress? {
        text.contains(UInt8(ascii: ":")) ? parse6(text) : parse4(text[...]).map(IPAddress.init(version4:))
    }

    private static func parse4(_ text: Slice<UnsafeRawBufferPointer>) -> UInt32? {
        var (value, octet, digits, dots) = (UInt32(0), UInt32(0), 0, 0)
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | octet
                (octet, digits, dots) = (0, 0, dots + 1)
                continue
            }
            // A leading zero means octal to some readers.
            guard (48...57).contains(byte), digits == 0 || octet > 0 else { return nil }
            octet = octet * 10 + UInt32(byte - 48)
            digits += 1
            guard octet <= 255 else { return nil }
        }
        return digits > 0 && dots == 3 ? value << 8 | octet : nil
    }

    private static func parse6(_ text: UnsafeRawBufferPointer) -> IPAddress? {
        var (value, groups, place) = (UInt128(0), 0, 0)
        /// How many groups stand before `::`.
        var gap: Int?
        if text.count >= 2, text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            (gap, place) = (0, 2)
        }
        while place < text.count {
            var (group, digits) = (UInt128(0), 0)
            let start = place
            while place < text.count, let digit = hexadecimal(text[place]) {
                group = group << 4 | UInt128(digit)
                (digits, place) = (digits + 1, place + 1)
                guard digits <= 4 else { return nil }
            }
            if place < text.count, text[place] == UInt8(ascii: ".") {
                guard groups <= 6, let tail = parse4(text[start...]) else { return nil }
                (value, groups, place) = (value << 32 | UInt128(tail), groups + 2, text.count)
                break
            }
            guard digits > 0, groups < 8 else { return nil }
            (value, groups) = (value << 16 | group, groups + 1)
            guard place < text.count else { break }
            guard text[place] == UInt8(ascii: ":"), place + 1 < text.count else { return nil }
            place += 1
            if text[place] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                (gap, place) = (groups, place + 1)
            }
        }
        guard let gap else { return groups == 8 ? IPAddress(bits: value) : nil }
        guard groups < 8 else { return nil }
        let behind = UInt128(16 * (groups - gap))
        let tail = behind == 0 ? 0 : value & (UInt128.max >> (128 - behind))
        let head = gap == 0 ? 0 : (value >> behind) << UInt128(16 * (8 - gap))
        return IPAddress(bits: head | tail)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// `10.0.0.1`, or eight groups of version 6 with the first longest run of zeros as `::` (RFC 5952).
    var description: String {
        if isVersion4 { return (0..<4).map { String(low >> (24 - 8 * UInt32($0)) & 255) }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        var (longest, start) = (0..<0, 0)
        for place in 0...8 where place == 8 || groups[place] != 0 {
            if place - start > max(1, longest.count) { longest = start..<place }
            start = place + 1
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<longest.lowerBound].joined(separator: ":") + "::"
            + texts[longest.upperBound...].joined(separator: ":")
    }
}
