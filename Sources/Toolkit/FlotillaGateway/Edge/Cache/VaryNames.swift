internal import HTTPTypes

/// The names of request fields that an answer depends on (RFC 9110, section 12.5.5).
enum VaryNames {
    /// In lower case, each once, sorted.
    static func of(_ fields: HTTPFields) -> [String] {
        guard let text = fields[.vary] else { return [] }
        let names = text.split(separator: ",").map { $0.withoutBlanks.lowercased() }
        return Array(Set(names.filter { !$0.isEmpty })).sorted()
    }

    /// A request's value of such a field in a form in which values that mean the same are the same; nil when it is not
    /// there.
    static func normal(_ name: String, _ value: String?) -> String? {
        guard let value else { return nil }
        return name == "accept-encoding" ? CodingSet(value).text : collapsed(value)
    }

    /// Without blanks around commas and at the ends.
    private static func collapsed(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 32 || $0 == 9 }) else { return value }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(\.withoutBlanks).joined(separator: ",")
    }
}

/// The codings that are welcome, and those that are not, without their ranks: an answer in any that is will do
/// (RFC 9110, section 12.5.3).
private struct CodingSet {
    private static let known: [StaticString] = [
        "gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "*", "identity",
    ]
    /// Of `known`, which bit each has; that of `identity` is last, for it is welcome without saying.
    private static let bits: [UInt16] = [1, 1, 2, 4, 8, 16, 16, 32, 64]
    private static let identity: UInt16 = 64

    private var welcome: UInt16 = 0
    private var refused: UInt16 = 0
    /// Codings that nobody knows, as they stand there.
    private var others: [String] = []

    init(_ value: String) {
        var value = value
        value.withUTF8 { bytes in
            for element in bytes.split(separator: UInt8(ascii: ",")) { note(UnsafeBufferPointer(rebasing: element)) }
        }
    }

    /// The same for sets that are.
    var text: String {
        let bits = String(UInt32(welcome & ~Self.identity) << 16 | UInt32(refused), radix: 16)
        return others.isEmpty ? bits : bits + "," + others.sorted().joined(separator: ",")
    }

    private mutating func note(_ element: UnsafeBufferPointer<UInt8>) {
        let end = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
        var (first, last) = (0, end)
        while first < last, Self.isBlank(element[first]) { first += 1 }
        while last > first, Self.isBlank(element[last - 1]) { last -= 1 }
        guard first < last else { return }
        let name = element[first..<last]
        let isRefused = Self.isZero(element[end...])
        guard let place = Self.known.firstIndex(where: { Self.isSame(name, $0) }) else {
            others.append(String(decoding: name, as: UTF8.self).lowercased() + (isRefused ? ";0" : ""))
            return
        }
        if isRefused { refused |= Self.bits[place] } else { welcome |= Self.bits[place] }
    }

    private static func isSame(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ known: StaticString) -> Bool {
        guard name.count == known.utf8CodeUnitCount else { return false }
        for (offset, byte) in name.enumerated() {
            let lower = (65...90).contains(byte) ? byte | 32 : byte
            guard lower == known.utf8Start[offset] else { return false }
        }
        return true
    }

    /// Whether the parameters say `q=0`, with any number of zeros behind a point.
    private static func isZero(_ parameters: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let mark = parameters.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let value = parameters[(mark + 1)...].filter { !isBlank($0) }
        return value.first == UInt8(ascii: "0")
            && value.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
