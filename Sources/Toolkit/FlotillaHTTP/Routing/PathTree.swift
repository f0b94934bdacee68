/// Finds the value that belongs to a path and method, in time that depends on the path's length only.
///
/// Literal segments come before placeholders and these before `{rest...}`, whatever the order of
/// insertion; where a literal leads nowhere, the placeholder beside it is tried. Generic, so that
/// the router of a service and the gateway's table are the same machine.
public struct PathTree<Value: Sendable>: Sendable {
    /// What a look-up found.
    public enum Match: Sendable {
        case found(Value, parameters: [(name: String, value: String)])
        /// The path is known, but not with this method; these are the ones it has, sorted.
        case otherMethods([String])
        case unknown
        /// The path has an escape that cannot be decoded.
        case malformed
    }

    private struct Node: Sendable {
        var literals: [(name: String, node: Int)] = []
        var placeholder: Int?
        var rest: Int?
        var leaves: [(method: String, names: [String], value: Value)] = []
    }

    private var nodes: [Node] = [Node()]

    public init() {}

    /// Adds a value.
    ///
    /// - Parameter method: an HTTP method, or `*` for those that have no value of their own.
    /// - Returns: false when there is one for that method and a template of the same shape already.
    public mutating func insert(_ value: Value, method: String, _ template: PathTemplate) -> Bool {
        var current = 0
        for segment in template.segments {
            switch segment {
            case .literal(let name): current = literalChild(name, of: current)
            case .placeholder:
                let child = nodes[current].placeholder ?? add()
                nodes[current].placeholder = child
                current = child
            case .rest:
                let child = nodes[current].rest ?? add()
                nodes[current].rest = child
                current = child
            }
        }
        if nodes[current].leaves.contains(where: { $0.method == method }) { return false }
        nodes[current].leaves.append((method, template.placeholders, value))
        return true
    }

    private mutating func literalChild(_ name: String, of parent: Int) -> Int {
        if let known = nodes[parent].literals.first(where: { $0.name == name }) { return known.node }
        let child = add()
        nodes[parent].literals.append((name, child))
        return child
    }

    private mutating func add() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Looks up a path as it was sent. `HEAD` finds what `GET` finds where it has no value of its own.
    public func find(method: String, path: String) -> Match {
        var search = Search(method: method, path: path[...].utf8, segments: PathTemplate.split(path))
        guard let leaf = find(&search, node: 0, position: 0) else {
            return search.methods.isEmpty ? .unknown : .otherMethods(search.methods.sorted())
        }
        var parameters: [(name: String, value: String)] = []
        for (name, piece) in zip(leaf.names, search.pieces) {
            guard let value = PercentEncoding.decode(piece, plusIsSpace: false) else { return .malformed }
            parameters.append((name, value))
        }
        return .found(leaf.value, parameters: parameters)
    }

    private struct Search {
        let method: String
        let path: Substring.UTF8View
        let segments: [Substring.UTF8View]
        /// What the placeholders on the way took.
        var pieces: [Substring.UTF8View] = []
        /// The methods of leaves that were reached but do not have the one wanted.
        var methods: Set<String> = []
    }

    private func find(_ search: inout Search, node: Int, position: Int) -> (names: [String], value: Value)? {
        guard position < search.segments.count else { return leaf(&search, node) }
        let segment = search.segments[position]
        let literal = nodes[node].literals.first { $0.name.utf8.elementsEqual(segment) }
        if let literal, let found = find(&search, node: literal.node, position: position + 1) { return found }
        if let placeholder = nodes[node].placeholder, !segment.isEmpty {
            search.pieces.append(segment)
            if let found = find(&search, node: placeholder, position: position + 1) { return found }
            search.pieces.removeLast()
        }
        if let rest = nodes[node].rest {
            search.pieces.append(search.path[segment.startIndex...])
            if let found = leaf(&search, rest) { return found }
            search.pieces.removeLast()
        }
        return nil
    }

    private func leaf(_ search: inout Search, _ node: Int) -> (names: [String], value: Value)? {
        let leaves = nodes[node].leaves
        let found = leaves.first { $0.method == search.method }
            ?? (search.method == "HEAD" ? leaves.first { $0.method == "GET" } : nil)
            ?? leaves.first { $0.method == "*" }
        guard let found else {
            for leaf in leaves {
                search.methods.insert(leaf.method)
                if leaf.method == "GET" { search.methods.insert("HEAD") }
            }
            return nil
        }
        return (found.names, found.value)
    }
}
