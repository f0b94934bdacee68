/// Brings names of metrics and labels into the form Prometheus allows.
enum MetricNames {
    static let valueBytesMax = 256
    static let labelsMax = 16

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, at most 200 characters.
    static func metric(_ name: String) -> String { legal(name, allowsColon: true) }

    /// Legal names, bounded values, sorted, each name once (the last value counts).
    static func labels(_ labels: [(String, String)], reserved: [String]) -> [MetricLabel] {
        var result: [MetricLabel] = []
        result.reserveCapacity(labels.count)
        for (name, value) in labels.suffix(labelsMax) {
            var name = legal(name, allowsColon: false)
            if reserved.contains(name) { name = "label_" + name }
            result.removeAll { $0.name == name }
            result.append(MetricLabel(name, bounded(value)))
        }
        return result.sorted()
    }

    private static func legal(_ name: String, allowsColon: Bool) -> String {
        if isLegal(name, allowsColon: allowsColon) { return name }
        var bytes = name.utf8.prefix(200).map { isNameByte($0) || (allowsColon && $0 == 58) ? $0 : 95 }
        if bytes.first.map({ (48...57).contains($0) }) ?? true { bytes.insert(95, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLegal(_ name: String, allowsColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first), name.utf8.count <= 200 else { return false }
        return name.utf8.allSatisfy { isNameByte($0) || (allowsColon && $0 == 58) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 95, 97...122: true
        default: false
        }
    }

    private static func bounded(_ value: String) -> String {
        guard value.utf8.count > valueBytesMax else { return value }
        var end = value.utf8.index(value.utf8.startIndex, offsetBy: valueBytesMax)
        while end > value.startIndex, String.Index(end, within: value) == nil { end = value.utf8.index(before: end) }
        return String(value[..<end])
    }
}
