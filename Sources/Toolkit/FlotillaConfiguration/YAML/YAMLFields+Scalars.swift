/// A single value of a file, as it stands there.
public enum YAMLScalar: Sendable, Hashable {
    /// Nothing, `~` or `null`.
    case null
    /// A text; `isPlain` when it has no quotes, so that `1` and `true` may mean a number and a truth value.
    case text(String, isPlain: Bool)
}

extension YAMLFields {
    /// A section of single values of any type, each under a key of any look, in the order of the file.
    ///
    /// - Parameters:
    ///   - count: how many there may be.
    ///   - bytes: how long the text of each may be.
    public mutating func namedScalars(
        _ key: String, count: ClosedRange<Int> = 0...100, bytes: ClosedRange<Int> = 0...4_000, _ about: String
    ) -> [YAMLNamed<YAMLScalar>] {
        let numbers = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        let shape = YAMLShape.either([.value(.string(bytes: bytes)), .value(.double(numbers)), .value(.bool)])
        let all = entries(key, about, shape, keys: "^.{1,200}$")
        guard count.contains(all.count) || isDescribing else {
            problem(at: key, "has \(all.count) entries", allowed: "\(count.lowerBound) to \(count.upperBound)")
            return []
        }
        var values: [YAMLNamed<YAMLScalar>] = []
        for entry in all {
            let value: YAMLScalar
            switch entry.value.content {
            case .null: value = .null
            case .scalar(let text, let isPlain) where bytes.contains(text.utf8.count):
                value = .text(text, isPlain: isPlain)
            default:
                wrong(
                    entry.value, key: "\(key).\(entry.key)", "is not such a value",
                    "text of \(bytes.lowerBound) to \(bytes.upperBound) bytes, a number, true, false or null")
                continue
            }
            let setting = Setting(key: "", text: entry.value.shown ?? "null", origin: entry.value.origin)
            values.append(YAMLNamed(name: entry.key, origin: entry.origin, value: value, settings: [setting]))
        }
        return values
    }

    /// One text, or a list of groups of keys: `to: backend` or `to: [{upstream: a, weight: 9}, …]`.
    ///
    /// - Parameter count: how many groups there may be in a list.
    /// - Returns: nil when it is missing or wrong.
    public mutating func textOrGroups<Value>(
        _ key: String, count: ClosedRange<Int>, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> YAMLTextOrGroups<Value>? {
        let inside = isDescribing ? YAMLReader.shape(of: body) : .group([])
        let shape = YAMLShape.either([.value(.string(bytes: 1...200)), .list(inside)])
        guard let entry = look(key, shape, about, default: nil) else { return nil }
        switch entry.value.content {
        case .scalar(let text, _) where (1...200).contains(text.utf8.count):
            note(key, text, entry.value.origin)
            return .text(text)
        case .sequence(let nodes) where count.contains(nodes.count):
            var all: [YAMLNamed<Value>] = []
            for (index, node) in nodes.enumerated() {
                let name = String(index + 1)
                guard let found = inner(node, key: "\(key).\(name)", body) else { continue }
                all.append(YAMLNamed(name: name, origin: node.origin, value: found.value, settings: found.settings))
            }
            return .groups(all)
        default:
            let allowed = "a text, or a list of \(count.lowerBound) to \(count.upperBound) groups"
            wrong(entry, "is not such a value", allowed)
            return nil
        }
    }
}

/// What stands at a key that is one text or a list of groups; see ``YAMLFields/textOrGroups(_:count:_:_:)``.
public enum YAMLTextOrGroups<Value> {
    /// One text.
    case text(String)
    /// A list, in the order of the file.
    case groups([YAMLNamed<Value>])
}

extension YAMLTextOrGroups: Sendable where Value: Sendable {}
