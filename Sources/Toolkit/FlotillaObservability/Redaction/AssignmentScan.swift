/// Finds `password=…`, `"cvc": "…"`, `Authorization: …` in a text and takes the value away.
enum AssignmentScan {
    static func withoutSecrets(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isNameByte(bytes[index]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let end = bytes[index...].firstIndex { !isNameByte($0) } ?? bytes.count
            let name = bytes[index..<end]
            if let value = value(in: bytes, of: name), SensitiveNames.hasPart(name) {
                result.append(contentsOf: bytes[index..<value.lowerBound])
                result.append(contentsOf: Redaction.mark.utf8)
                index = value.upperBound
            } else {
                result.append(contentsOf: name)
                index = end
            }
        }
        return result
    }

    /// The range of the value assigned to `name`; nil when nothing is assigned.
    private static func value(in bytes: [UInt8], of name: ArraySlice<UInt8>) -> Range<Int>? {
        var index = skip(bytes, from: name.endIndex) { $0 == 92 || isQuote($0) }
        index = skip(bytes, from: index) { $0 == 32 }
        guard index < bytes.count, bytes[index] == 61 || bytes[index] == 58 else { return nil }
        index = skip(bytes, from: index + 1) { $0 == 32 || $0 == 9 || $0 == 61 || $0 == 58 }
        let quoteStart = index
        index = skip(bytes, from: index) { $0 == 92 }
        if index < bytes.count, isQuote(bytes[index]) {
            return quoted(bytes, from: index + 1, quote: bytes[index], isEscaped: index > quoteStart)
        }
        // The values of the headers Authorization and Cookie have spaces and commas in them.
        let isHeader = SensitiveNames.isHeader(name)
        let stop = bytes[index...].firstIndex { isHeader ? $0 < 32 || isQuote($0) : isDelimiter($0) } ?? bytes.count
        guard stop > index else { return nil }
        return index..<stop
    }

    private static func quoted(_ bytes: [UInt8], from start: Int, quote: UInt8, isEscaped: Bool) -> Range<Int>? {
        var index = start
        while index < bytes.count {
            if bytes[index] == 92 {
                // Within a quoted text that is itself quoted, the closing quote has a backslash too.
                if isEscaped, index + 1 < bytes.count, bytes[index + 1] == quote { break }
                index += 2
                continue
            }
            if bytes[index] == quote { break }
            index += 1
        }
        let end = min(index, bytes.count)
        return end > start ? start..<end : nil
    }

    private static func skip(_ bytes: [UInt8], from start: Int, while matches: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, matches(bytes[index]) { index += 1 }
        return index
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95: true
        default: false
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 34 || byte == 39 }

    /// White space and `, ; & " ' ) } ]`: where a value without quotes ends.
    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...32, 44, 59, 38, 34, 39, 41, 125, 93: true
        default: false
        }
    }
}
