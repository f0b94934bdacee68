/// Finds the patterns that a path fits, in time that depends on the path's length and not on how many there are.
struct PathTrie: Sendable {
    private struct Node: Sendable {
        var literals: [[UInt8]: Int] = [:]
        /// The keys of `literals`, while they are few: comparing is faster than hashing then.
        var few: [(name: [UInt8], node: Int)] = []
        var any: Int?
        /// Indices of patterns that take all that begins like this.
        var rests: [Int] = []
        /// Indices of patterns that end here.
        var leaves: [Int] = []
    }

    private static let fewMax = 8
    private var nodes = [Node()]

    /// - Parameter patterns: their places are their indices.
    init(_ patterns: [PathPattern]) {
        for (index, pattern) in patterns.enumerated() { insert(index, pattern) }
        for place in nodes.indices where nodes[place].literals.count <= Self.fewMax {
            nodes[place].few = nodes[place].literals.map { ($0.key, $0.value) }.sorted { $0.node < $1.node }
        }
    }

    private mutating func insert(_ index: Int, _ pattern: PathPattern) {
        var current = 0
        for segment in pattern.segments {
            switch segment {
            case .literal(let name):
                let child = nodes[current].literals[name] ?? add()
                nodes[current].literals[name] = child
                current = child
            case .any:
                let child = nodes[current].any ?? add()
                nodes[current].any = child
                current = child
            case .rest:
                nodes[current].rests.append(index)
                return
            }
        }
        nodes[current].leaves.append(index)
    }

    private mutating func add() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// The lowest index of a pattern that `path` fits and `isWanted` takes; nil: there is none.
    ///
    /// - Parameter path: as it was sent, without anything that could mean another path.
    func first(_ path: UnsafeRawBufferPointer, where isWanted: (Int) -> Bool) -> Int? {
        var best = Int.max
        visit(0, path, 1, &best, isWanted)
        return best == .max ? nil : best
    }

    private func visit(
        _ node: Int, _ path: UnsafeRawBufferPointer, _ place: Int, _ best: inout Int, _ isWanted: (Int) -> Bool
    ) {
        Self.take(nodes[node].rests, &best, isWanted)
        guard place <= path.count else { return Self.take(nodes[node].leaves, &best, isWanted) }
        var end = place
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        if let literal = literal(of: node, path[place..<end]) { visit(literal, path, end + 1, &best, isWanted) }
        if end > place, let any = nodes[node].any { visit(any, path, end + 1, &best, isWanted) }
    }

    private func literal(of node: Int, _ segment: Slice<UnsafeRawBufferPointer>) -> Int? {
        if nodes[node].literals.count <= Self.fewMax {
            for (name, child) in nodes[node].few where name.count == segment.count && segment.elementsEqual(name) {
                return child
            }
            return nil
        }
        return nodes[node].literals[Array(segment)]
    }

    /// Indices come in ascending order, so the first that is wanted is the best of its place.
    private static func take(_ indices: [Int], _ best: inout Int, _ isWanted: (Int) -> Bool) {
        for index in indices {
            guard index < best else { return }
            if isWanted(index) {
                best = index
                return
            }
        }
    }
}
