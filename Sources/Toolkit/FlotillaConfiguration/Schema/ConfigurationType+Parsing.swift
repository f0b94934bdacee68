/// A value as it was given, before its type is known.
enum RawValue: Sendable, Hashable {
    case text(String)
    case list([String])

    var shown: String {
        switch self {
        case .text(let text): text
        case .list(let texts): "[\(texts.joined(separator: ", "))]"
        }
    }
}

/// Why a value is not one of its type.
struct ParseFailure: Error {
    /// Follows the value in a sentence: `is not a duration`.
    var message: String
}

extension ConfigurationType {
    /// Reads and checks a value.
    func parse(_ raw: RawValue) throws(ParseFailure) -> ConfigurationValue {
        if case .list(let count, let allowed) = self {
            return try parseList(raw, count: count, allowed: allowed)
        }
        guard case .text(let text) = raw else { throw ParseFailure(message: "is a list where one value is meant") }
        let value = try parse(text)
        try check(value)
        return value
    }

    private func parse(_ text: String) throws(ParseFailure) -> ConfigurationValue {
        switch self {
        case .string, .list: return .string(text)
        case .path:
            guard !text.isEmpty, !text.utf8.contains(0) else { throw ParseFailure(message: "is not a path") }
            return .string(text)
        case .int, .port:
            guard let value = Int(text) else { throw ParseFailure(message: "is not an integer") }
            return .int(value)
        case .double:
            guard let value = Double(text), value.isFinite else { throw ParseFailure(message: "is not a number") }
            return .double(value)
        case .bool:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return .bool(true)
            case "false", "no", "off", "0": return .bool(false)
            default: throw ParseFailure(message: "is neither true nor false")
            }
        case .duration:
            guard let value = DurationText.parse(text) else {
                let needsUnit = Double(text) != nil
                throw ParseFailure(message: needsUnit ? "is a duration without a unit" : "is not a duration")
            }
            return .duration(value)
        case .choice(let words):
            guard words.contains(text) else { throw ParseFailure(message: "is none of the choices") }
            return .string(text)
        }
    }

    /// Checks the bounds of a value of the right case.
    func check(_ value: ConfigurationValue) throws(ParseFailure) {
        switch (self, value) {
        case (.string(let bytes), .string(let text)):
            guard !bytes.contains(text.utf8.count) else { return }
            throw ParseFailure(message: text.isEmpty ? "is empty" : "has \(text.utf8.count) bytes")
        case (.int(let range), .int(let number)) where !range.contains(number):
            throw ParseFailure(message: "is out of range")
        case (.port, .int(let number)) where !(0...65_535).contains(number):
            throw ParseFailure(message: "is not a port")
        case (.double(let range), .double(let number)) where !range.contains(number):
            throw ParseFailure(message: "is out of range")
        case (.duration(let range), .duration(let duration)) where !range.contains(duration):
            throw ParseFailure(message: "is out of range")
        case (.choice(let words), .string(let text)) where !words.contains(text):
            throw ParseFailure(message: "is none of the choices")
        case (.list(let count, let allowed), .list(let texts)):
            guard count.contains(texts.count) else { throw ParseFailure(message: "has \(texts.count) entries") }
            guard let allowed, let wrong = texts.first(where: { !allowed.contains($0) }) else { return }
            throw ParseFailure(message: "has an entry that is not allowed: \(wrong)")
        case (.int, .int), (.port, .int), (.double, .double), (.duration, .duration), (.bool, .bool),
            (.choice, .string), (.path, .string):
            return
        default:
            throw ParseFailure(message: "is of another type")
        }
    }

    private func parseList(
        _ raw: RawValue, count: ClosedRange<Int>, allowed: [String]?
    ) throws(ParseFailure) -> ConfigurationValue {
        let texts: [String]
        switch raw {
        case .list(let items): texts = items
        case .text(let text): texts = text.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
        }
        let value = ConfigurationValue.list(texts)
        try check(value)
        return value
    }
}

/// Without spaces and tabs at both ends.
func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
}
