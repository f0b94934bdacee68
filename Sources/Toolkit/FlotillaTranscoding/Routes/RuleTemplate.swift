internal import FlotillaHTTP

/// The path of a `google.api.http` rule (google/api/http.proto): `/v1/{name=shelves/*}/books:list`.
struct RuleTemplate: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal(String)
        /// Any one segment that is not empty.
        case any
        /// All that is left, be it nothing.
        case rest
    }

    /// A field that a piece of the path is.
    struct Variable: Sendable, Hashable {
        /// `book.name`, by its steps.
        var field: [String]
        /// The segments, from this one on.
        var start: Int
        /// How many; for one that ends in `**`, at least.
        var count: Int
    }

    /// What stands in a path.
    struct Capture: Sendable, Hashable {
        var field: [String]
        var value: String
    }

    let segments: [Segment]
    let variables: [Variable]
    /// What follows the `:` at the end; nil: there is none.
    let verb: String?

    /// - Returns: nil when it is no such template.
    init?(_ text: String) {
        guard text.hasPrefix("/"), text.utf8.count <= 1_000 else { return nil }
        var rest = text.dropFirst()
        var verb: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("}"), !rest[colon...].contains("/") {
            verb = String(rest[colon...].dropFirst())
            rest = rest[..<colon]
        }
        var segments: [Segment] = []
        var variables: [Variable] = []
        while true {
            if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { return nil }
                let halves = rest[..<end].dropFirst().split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = halves.first else { return nil }
                let pattern = halves.count == 2 ? halves[1] : "*"
                let inner = pattern.split(separator: "/", omittingEmptySubsequences: false)
                let field = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                guard !inner.isEmpty, field.allSatisfy({ !$0.isEmpty }) else { return nil }
                variables.append(Variable(field: field, start: segments.count, count: inner.count))
                for part in inner {
                    guard let segment = Self.segment(part) else { return nil }
                    segments.append(segment)
                }
                rest = rest[end...].dropFirst()
            } else {
                let part = rest.prefix { $0 != "/" }
                guard let segment = Self.segment(part) else { return nil }
                segments.append(segment)
                rest = rest.dropFirst(part.count)
            }
            guard rest.first == "/" else { break }
            rest = rest.dropFirst()
        }
        guard rest.isEmpty, !segments.dropLast().contains(.rest), verb != "" else { return nil }
        self.segments = segments
        self.variables = variables
        self.verb = verb
    }

    private static func segment(_ text: Substring) -> Segment? {
        switch text {
        case "*": return .any
        case "**": return .rest
        case "": return nil
        default:
            let isLiteral = !text.contains { "{}*=:".contains($0) }
            return isLiteral ? .literal(String(text)) : nil
        }
    }

    /// How many segments are given: of two templates that fit, the one with more of them is meant.
    var weight: Int {
        segments.count { if case .literal = $0 { true } else { false } } * 2 + (verb == nil ? 0 : 1)
    }

    /// - Parameter path: as it was sent, beginning with `/`.
    /// - Returns: nil when the path does not fit, or cannot be decoded.
    func match(_ path: Substring) -> [Capture]? {
        guard path.first == "/" else { return nil }
        var path = path.dropFirst()
        if let verb {
            guard path.hasSuffix(":" + verb) else { return nil }
            path = path.dropLast(verb.count + 1)
        }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let takesRest = segments.last == .rest
        guard takesRest ? parts.count >= segments.count - 1 : parts.count == segments.count else { return nil }
        for (index, segment) in segments.enumerated() {
            switch segment {
            case .literal(let literal):
                guard PercentEncoding.decode(parts[index], plusIsSpace: false) == literal else { return nil }
            case .any: guard !parts[index].isEmpty else { return nil }
            case .rest: break
            }
        }
        var captures: [Capture] = []
        for variable in variables {
            let reachesEnd = takesRest && variable.start + variable.count == segments.count
            let range = variable.start..<(reachesEnd ? parts.count : variable.start + variable.count)
            var values: [String] = []
            for part in parts[range] {
                guard let value = PercentEncoding.decode(part, plusIsSpace: false) else { return nil }
                // A slash that was encoded stays so where slashes mean something.
                values.append(variable.count > 1 && value.contains("/") ? String(Substring(part)) : value)
            }
            captures.append(Capture(field: variable.field, value: values.joined(separator: "/")))
        }
        return captures
    }
}
