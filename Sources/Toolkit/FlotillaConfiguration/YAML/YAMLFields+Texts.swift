extension YAMLFields {
    /// A text that may be missing.
    ///
    /// - Parameter bytes: how long it may be.
    public mutating func optionalText(
        _ key: String, bytes: ClosedRange<Int>, _ about: String
    ) -> String? {
        let type = ConfigurationType.string(bytes: bytes)
        guard let entry = look(key, .value(type), about, default: nil) else { return nil }
        guard case .scalar(let text, _) = entry.value.content, bytes.contains(text.utf8.count) else {
            wrong(entry, "is not such a text", type.allowed)
            return nil
        }
        note(key, text, entry.value.origin)
        return text
    }

    /// A section of texts, each under a key of any look, in the order of the file.
    ///
    /// - Parameters:
    ///   - count: how many there may be.
    ///   - bytes: how long each text may be.
    public mutating func namedTexts(
        _ key: String, count: ClosedRange<Int> = 0...100, bytes: ClosedRange<Int> = 0...1_000, _ about: String
    ) -> [YAMLNamed<String>] {
        let type = ConfigurationType.string(bytes: bytes)
        let all = entries(key, about, .value(type), keys: "^.{1,200}$")
        guard count.contains(all.count) || isDescribing else {
            problem(at: key, "has \(all.count) entries", allowed: "\(count.lowerBound) to \(count.upperBound)")
            return []
        }
        var texts: [YAMLNamed<String>] = []
        for entry in all {
            guard case .scalar(let text, _) = entry.value.content, bytes.contains(text.utf8.count) else {
                wrong(entry.value, key: "\(key).\(entry.key)", "is not such a text", type.allowed)
                continue
            }
            let setting = Setting(key: "", text: text, origin: entry.value.origin)
            texts.append(YAMLNamed(name: entry.key, origin: entry.origin, value: text, settings: [setting]))
        }
        return texts
    }

    /// A section of named lists of texts, in the order of the file.
    ///
    /// - Parameters:
    ///   - count: how many texts each may have.
    ///   - bytes: how long each text may be.
    public mutating func namedTextLists(
        _ key: String, count: ClosedRange<Int>, bytes: ClosedRange<Int> = 1...200, _ about: String
    ) -> [YAMLNamed<[String]>] {
        let type = ConfigurationType.string(bytes: bytes)
        let shape = YAMLShape.list(.value(type))
        var lists: [YAMLNamed<[String]>] = []
        for entry in entries(key, about, shape) {
            let path = "\(key).\(entry.key)"
            guard case .sequence(let nodes) = entry.value.content else {
                wrong(entry.value, key: path, "is \(entry.value.kind) where a list is meant", shape.allowed)
                continue
            }
            guard count.contains(nodes.count) else {
                let allowed = "\(count.lowerBound) to \(count.upperBound)"
                wrong(entry.value, key: path, "has \(nodes.count) entries", allowed)
                continue
            }
            var texts: [String] = []
            for node in nodes {
                guard case .scalar(let text, _) = node.content, bytes.contains(text.utf8.count) else {
                    wrong(node, key: path, "is not such a text", type.allowed)
                    continue
                }
                texts.append(text)
            }
            let setting = Setting(key: "", text: texts.joined(separator: ", "), origin: entry.value.origin)
            lists.append(YAMLNamed(name: entry.key, origin: entry.origin, value: texts, settings: [setting]))
        }
        return lists
    }

    /// A list whose elements are texts, or a single text for a list of one; empty when it is missing.
    public mutating func oneOrMoreTexts(
        _ key: String, count: ClosedRange<Int>, bytes: ClosedRange<Int> = 1...200, _ about: String
    ) -> [String] {
        let type = ConfigurationType.string(bytes: bytes)
        let shape = YAMLShape.either([.value(type), .list(.value(type))])
        guard let entry = look(key, shape, about, default: nil, isRequired: count.lowerBound > 0) else { return [] }
        var nodes = [entry.value]
        if case .sequence(let list) = entry.value.content { nodes = list }
        guard count.contains(nodes.count) else {
            wrong(entry, "has \(nodes.count) entries", "\(count.lowerBound) to \(count.upperBound)")
            return []
        }
        var texts: [String] = []
        for node in nodes {
            guard case .scalar(let text, _) = node.content, bytes.contains(text.utf8.count) else {
                wrong(node, key: key, "is not such a text", type.allowed)
                continue
            }
            texts.append(text)
        }
        return texts
    }
}
