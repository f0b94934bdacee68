/// Which paths a route is for: `/orders`, `/orders/*` (one segment, not empty), `/admin/**` (all that begins like
/// this, and `/admin` itself). Compared byte by byte.
struct PathPattern: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal([UInt8])
        case any
        case rest
    }

    private let segments: [Segment]

    /// - Returns: nil when `text` does not begin with `/`, or `**` is not at its end, or a `*` stands beside others.
    init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case "**" where index == parts.count - 1: segments.append(.rest)
            case "*": segments.append(.any)
            default:
                guard !part.contains("*") else { return nil }
                segments.append(.literal(Array(part.utf8)))
            }
        }
        self.segments = segments
    }

    /// - Parameter path: as it was sent, without anything that could mean another path (`%`, `//`, `/.`).
    func matches(_ path: UnsafeRawBufferPointer) -> Bool {
        var place = 1
        for segment in segments {
            if case .rest = segment { return true }
            guard place <= path.count else { return false }
            var end = place
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            switch segment {
            case .literal(let wanted):
                guard wanted.count == end - place, path[place..<end].elementsEqual(wanted) else { return false }
            case .any: guard end > place else { return false }
            case .rest: return true
            }
            place = end + 1
        }
        return place == path.count + 1
    }
}
