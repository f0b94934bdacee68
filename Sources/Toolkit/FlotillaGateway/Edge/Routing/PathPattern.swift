/// Which paths a route is for: `/orders`, `/orders/{id}` (one segment, not empty), `/files/{rest...}` (all that begins
/// like this, and `/files` itself). Who needs no name writes `*` and `**`. Compared byte by byte.
struct PathPattern: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal([UInt8])
        /// With its name; empty when it has none.
        case any(String)
        case rest(String)
    }

    let segments: [Segment]
    /// As it was written.
    let text: String

    /// - Returns: nil when `text` does not begin with `/`, or a rest is not at its end, or a placeholder stands beside
    ///   others in its segment, or has a name that is none or that was there before.
    init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        for (index, part) in parts.enumerated() {
            guard let segment = Self.segment(part, isLast: index == parts.count - 1) else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        self.text = text
        let names = self.names
        guard Set(names).count == names.count else { return nil }
    }

    private static func segment(_ part: Substring, isLast: Bool) -> Segment? {
        switch part {
        case "**": return isLast ? .rest("") : nil
        case "*": return .any("")
        default: break
        }
        guard part.hasPrefix("{"), part.hasSuffix("}") else {
            return part.contains(where: { "*{}".contains($0) }) ? nil : .literal(Array(part.utf8))
        }
        let inner = part.dropFirst().dropLast()
        let name = inner.hasSuffix("...") ? inner.dropLast(3) : inner
        let isName = name.first?.isLetter == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard isName else { return nil }
        if inner.hasSuffix("...") { return isLast ? .rest(String(name)) : nil }
        return .any(String(name))
    }

    /// The names of what is captured, in their order.
    var names: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .any(let name), .rest(let name): name.isEmpty ? nil : name
            }
        }
    }

    /// - Parameter path: as it was sent, without anything that could mean another path (`%`, `//`, `/.`).
    func matches(_ path: UnsafeRawBufferPointer) -> Bool { walk(path) { _, _ in } }

    /// What stands at the places of the names, percent-encoded as it was sent; nil when the path does not fit.
    func captures(_ path: UnsafeRawBufferPointer) -> [String: String]? {
        var captures: [String: String] = [:]
        let fits = walk(path) { name, bytes in
            if !name.isEmpty { captures[name] = String(decoding: bytes, as: UTF8.self) }
        }
        return fits ? captures : nil
    }

    @inline(__always)
    private func walk(_ path: UnsafeRawBufferPointer, _ body: (String, Slice<UnsafeRawBufferPointer>) -> Void) -> Bool {
        var place = 1
        for segment in segments {
            if case .rest(let name) = segment {
                body(name, path[min(place, path.count)...])
                return true
            }
            guard place <= path.count else { return false }
            var end = place
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            switch segment {
            case .literal(let wanted):
                guard wanted.count == end - place, path[place..<end].elementsEqual(wanted) else { return false }
            case .any(let name):
                guard end > place else { return false }
                body(name, path[place..<end])
            case .rest: return true
            }
            place = end + 1
        }
        return place == path.count + 1
    }
}
