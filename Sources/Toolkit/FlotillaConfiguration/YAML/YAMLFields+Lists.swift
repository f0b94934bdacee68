extension YAMLFields {
    /// A list of texts.
    ///
    /// - Parameter count: how many there may be; a list that is not there has none.
    public mutating func texts(
        _ key: String, count: ClosedRange<Int>, bytes: ClosedRange<Int> = 1...200, _ about: String
    ) -> [String] {
        let type = ConfigurationType.string(bytes: bytes)
        let nodes = list(key, count, .value(type), about)
        var all: [String] = []
        for node in nodes {
            guard case .scalar(let text, _) = node.content, bytes.contains(text.utf8.count) else {
                wrong(node, key: key, "is not such a text", type.allowed)
                continue
            }
            all.append(text)
        }
        return all
    }

    /// A list of groups of keys, in the order of the file; each is called by its place in it, from 1.
    ///
    /// - Parameter count: how many there may be; a list that is not there has none.
    public mutating func groups<Value>(
        _ key: String, count: ClosedRange<Int>, _ about: String, _ body: (inout YAMLFields) -> Value
    ) -> [YAMLNamed<Value>] {
        let shape = isDescribing ? YAMLReader.shape(of: body) : .group([])
        var all: [YAMLNamed<Value>] = []
        for (index, node) in list(key, count, shape, about).enumerated() {
            let name = String(index + 1)
            guard let found = inner(node, key: "\(key).\(name)", body) else { continue }
            all.append(YAMLNamed(name: name, origin: node.origin, value: found.value, settings: found.settings))
        }
        return all
    }

    private mutating func list(
        _ key: String, _ count: ClosedRange<Int>, _ shape: YAMLShape, _ about: String
    ) -> [YAMLNode] {
        let whole = YAMLShape.list(shape)
        guard let entry = look(key, whole, about, default: nil, isRequired: count.lowerBound > 0) else { return [] }
        guard case .sequence(let nodes) = entry.value.content else {
            wrong(entry, "is \(entry.value.kind) where a list is meant", whole.allowed)
            return []
        }
        guard count.contains(nodes.count) else {
            wrong(entry, "has \(nodes.count) entries", "\(count.lowerBound) to \(count.upperBound)")
            return []
        }
        return nodes
    }
}
