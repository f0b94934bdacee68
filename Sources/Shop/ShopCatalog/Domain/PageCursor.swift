internal import FlotillaCore
internal import ShopContracts

/// The end of a page: the sort key and ID of its last product (keyset pagination).
///
/// Pages neither skip nor repeat products when others come or go meanwhile. To callers it is an
/// opaque text; one that was not made for their query is refused.
struct PageCursor: Sendable, Hashable {
    enum Key: Sendable, Hashable {
        case number(Int64)
        case text(String)
    }

    static let textLengthMax = 1_000

    var key: Key
    var id: ProductID
    /// Of the query it belongs to.
    var fingerprint: UInt64

    init(key: Key, id: ProductID, fingerprint: UInt64) {
        self.key = key
        self.id = id
        self.fingerprint = fingerprint
    }

    /// Letters and digits only: the fields in hexadecimal.
    var text: String {
        let fields =
            switch key {
            case .number(let number): "n\(number)"
            case .text(let text): "t\(text)"
            }
        return Hex.encode(Array("1 \(String(fingerprint, radix: 36)) \(id) \(fields)".utf8))
    }

    /// - Returns: nil when the text is not a cursor, or one of another query.
    init?(_ text: String, for query: ProductQuery) {
        guard text.utf8.count <= Self.textLengthMax, let bytes = Hex.decode(text),
            let fields = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = fields.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "1", UInt64(parts[1], radix: 36) == query.fingerprint,
            let id = ProductID(String(parts[2])), let key = Self.key(parts[3], for: query.effectiveSort)
        else { return nil }
        self.init(key: key, id: id, fingerprint: query.fingerprint)
    }

    private static func key(_ field: Substring, for sort: ProductQuery.Sort) -> Key? {
        switch (sort, field.first) {
        case (.name, "t"): .text(String(field.dropFirst()))
        case (.name, _): nil
        case (_, "n"): Int64(field.dropFirst()).map(Key.number)
        default: nil
        }
    }
}

/// Bytes as lower-case hexadecimal text.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// - Returns: nil when a character is none of `0–9 a–f`, or one is missing.
    static func decode(_ text: String) -> [UInt8]? {
        let values = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 48...57: byte - 48
            case 97...102: byte - 87
            default: nil
            }
        }
        guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
