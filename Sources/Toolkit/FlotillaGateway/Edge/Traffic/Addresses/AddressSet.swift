internal import FlotillaConfiguration

/// Addresses that were listed as ranges, which may overlap.
struct AddressSet: Sendable {
    /// So many ranges may stand in one list.
    static let rangesMax = 10_000

    private let index: AddressIndex

    static let none = AddressSet([])

    init(_ ranges: [AddressRange]) { index = AddressIndex(Self.joined(ranges)) }

    var isEmpty: Bool { index.isEmpty }

    func contains(_ address: IPAddress) -> Bool { index.place(of: address) != nil }

    /// In ascending order, what overlaps or touches as one, cut at the borders of version 4.
    private static func joined(_ ranges: [AddressRange]) -> [AddressRange] {
        let first = IPAddress.firstOfVersion4
        let borders = [first, first + (1 << 32)]
        var pieces: [AddressRange] = []
        for range in ranges {
            var start = range.first.bits
            for border in borders where start < border && border <= range.last.bits {
                pieces.append(AddressRange(IPAddress(bits: start), IPAddress(bits: border - 1)))
                start = border
            }
            pieces.append(AddressRange(IPAddress(bits: start), range.last))
        }
        pieces.sort { ($0.first, $0.last) < ($1.first, $1.last) }
        var joined: [AddressRange] = []
        for piece in pieces {
            if let last = joined.last, piece.first.bits <= last.last.bits || piece.first.bits == last.last.bits + 1,
                last.first.isVersion4 == piece.first.isVersion4
            {
                joined[joined.count - 1] = AddressRange(last.first, max(last.last, piece.last))
            } else {
                joined.append(piece)
            }
        }
        return joined
    }
}

extension AddressSet {
    /// Reads a list of addresses and networks.
    init(_ key: String, from fields: inout YAMLFields, _ about: String) {
        let texts = fields.texts(key, count: 0...Self.rangesMax, bytes: 1...60, about)
        var ranges: [AddressRange] = []
        for text in texts {
            if let range = AddressRange(text) {
                ranges.append(range)
            } else {
                fields.problem(
                    at: key, value: text, "has an entry that is no network",
                    allowed: "10.0.0.0/8, 2001:db8::/32 or one address; no bits behind the prefix")
            }
        }
        self.init(ranges)
    }
}
