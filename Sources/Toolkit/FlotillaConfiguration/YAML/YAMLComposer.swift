/// Makes a tree of what stands in a file, bounded whatever the file says: in values, with those that aliases stand
/// for, in depth, and in the length of keys.
struct YAMLComposer: ~Copyable {
    /// What an anchor stands for.
    private struct Anchored {
        var node: YAMLNode
        /// Values in it, itself included.
        var count: Int
        /// Groups in groups.
        var depth: Int
    }

    private let path: String
    private var events: YAMLEvents
    private var anchors: [String: Anchored] = [:]
    /// Values so far.
    private var count = 0
    /// The depth of the deepest since it was last set to nothing.
    private var deepest = 0
    private var isTooMuch = false
    private var problems: [ConfigurationProblem] = []

    /// - Returns: nil and the reason when the file is not YAML.
    static func compose(_ file: ConfigurationFile) -> (root: YAMLNode?, problems: [ConfigurationProblem]) {
        var composer = YAMLComposer(file)
        do throws(YAMLEvents.Failure) {
            let root = try composer.document()
            return (root, composer.problems)
        } catch {
            composer.problems = Array(composer.problems.prefix(YAMLReader.problemsMax - 1))
            composer.problems.append(
                ConfigurationProblem(
                    key: "", value: nil, origin: composer.place(error.mark),
                    message: "the file is not YAML: \(error.text)",
                    allowed: error.isText
                        ? "YAML 1.1; check the indentation, colons and quotes there"
                        : "text in UTF-8 without control characters"))
            return (nil, composer.problems)
        }
    }

    private init(_ file: ConfigurationFile) {
        path = file.path
        events = YAMLEvents(file.text)
    }

    private mutating func document() throws(YAMLEvents.Failure) -> YAMLNode {
        let empty = YAMLNode(content: .null, origin: .place(path: path, line: 1, column: 1))
        guard case .document = try events.next().content else { return empty }
        let root = try node(events.next(), depth: 0, path: "")
        let rest = try events.next()
        if case .endOfFile = rest.content { return root }
        throw YAMLEvents.Failure(text: "another document begins, and only one is read", mark: rest.mark, isText: true)
    }

    private mutating func node(
        _ event: YAMLEvents.Event, depth: Int, path: String
    ) throws(YAMLEvents.Failure) -> YAMLNode {
        let origin = place(event.mark)
        let before = count
        count += 1
        deepest = max(deepest, depth)
        guard hasRoom(depth, path, origin) else {
            try skip(event)
            return YAMLNode(content: .null, origin: origin)
        }
        let content: YAMLNode.Content
        let outer = deepest
        deepest = depth
        defer { deepest = max(outer, deepest) }
        switch event.content {
        case .alias(let name): return alias(name, depth: depth, path: path, origin)
        case .scalar(let text, let isPlain):
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            content = isNull ? .null : .scalar(text, isPlain: isPlain)
        case .sequence: content = .sequence(try items(depth, path))
        case .mapping: content = .mapping(try entries(depth, path))
        case .end, .document, .endOfFile: preconditionFailure("an end where libyaml promises a value")
        }
        let node = YAMLNode(content: content, origin: origin)
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(node: node, count: count - before, depth: deepest - depth)
        }
        return node
    }

    private mutating func alias(
        _ name: String, depth: Int, path: String, _ origin: ConfigurationOrigin
    ) -> YAMLNode {
        guard let meant = anchors[name] else {
            problem(path, origin, "is an alias of nothing", "an anchor that stands before it")
            return YAMLNode(content: .null, origin: origin)
        }
        // What is already too much must not be counted on: aliases of aliases soon reach more than an Int holds.
        guard !isTooMuch else { return YAMLNode(content: .null, origin: origin) }
        count += meant.count - 1
        deepest = max(deepest, depth + meant.depth)
        guard hasRoom(deepest, path, origin) else { return YAMLNode(content: .null, origin: origin) }
        return meant.node
    }

    private mutating func items(_ depth: Int, _ path: String) throws(YAMLEvents.Failure) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .end = event.content { return nodes }
            let node = try node(event, depth: depth + 1, path: path)
            if !isTooMuch { nodes.append(node) }
        }
    }

    private mutating func entries(_ depth: Int, _ path: String) throws(YAMLEvents.Failure) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var first: [String: ConfigurationOrigin] = [:]
        while true {
            let event = try events.next()
            if case .end = event.content { return entries }
            let origin = place(event.mark)
            guard let key = try key(event, path, origin) else {
                try skip(events.next())
                continue
            }
            let inner = path.isEmpty ? key : "\(path).\(key)"
            if let first = first[key] {
                problem(inner, origin, "is given twice, first at \(first)", "each key once")
                try skip(events.next())
                continue
            }
            first[key] = origin
            let value = try node(events.next(), depth: depth + 1, path: inner)
            if !isTooMuch { entries.append(YAMLNode.Entry(key: key, origin: origin, value: value)) }
        }
    }

    /// - Returns: nil when it is none, which is told; then it has been read to its end.
    private mutating func key(
        _ event: YAMLEvents.Event, _ path: String, _ origin: ConfigurationOrigin
    ) throws(YAMLEvents.Failure) -> String? {
        var key: String?
        switch event.content {
        case .scalar(let text, let isPlain):
            key = text
            if let anchor = event.anchor {
                let node = YAMLNode(content: .scalar(text, isPlain: isPlain), origin: origin)
                anchors[anchor] = Anchored(node: node, count: 1, depth: 0)
            }
        case .alias(let name):
            if case .scalar(let text, _)? = anchors[name]?.node.content { key = text }
        default: try skip(event)
        }
        guard let key else {
            problem(path, origin, "has a key that is not a word", "words such as timeout")
            return nil
        }
        guard key.utf8.count <= YAMLReader.keyBytesMax else {
            problem(path, origin, "has a key that is too long", "keys of at most \(YAMLReader.keyBytesMax) bytes")
            return nil
        }
        return key
    }

    /// Reads on to the end of what began with `event`.
    private mutating func skip(_ event: YAMLEvents.Event) throws(YAMLEvents.Failure) {
        var open = 0
        var event = event
        while true {
            switch event.content {
            case .sequence, .mapping: open += 1
            case .end: open -= 1
            case .alias, .scalar, .document, .endOfFile: break
            }
            if open <= 0 { return }
            event = try events.next()
        }
    }

    private mutating func hasRoom(_ depth: Int, _ path: String, _ origin: ConfigurationOrigin) -> Bool {
        let hasRoom = count <= YAMLReader.nodesMax && depth <= YAMLReader.depthMax
        if !hasRoom, !isTooMuch {
            isTooMuch = true
            problem(
                path, origin, "is too much",
                "at most \(YAMLReader.nodesMax) values in groups \(YAMLReader.depthMax) deep")
        }
        return hasRoom
    }

    private func place(_ mark: YAMLEvents.Mark) -> ConfigurationOrigin {
        .place(path: path, line: mark.line, column: mark.column)
    }

    /// More of them would tell nobody anything.
    private mutating func problem(
        _ key: String, _ origin: ConfigurationOrigin, _ message: String, _ allowed: String
    ) {
        guard problems.count < YAMLReader.problemsMax else { return }
        problems.append(
            ConfigurationProblem(key: key, value: nil, origin: origin, message: message, allowed: allowed))
    }
}
