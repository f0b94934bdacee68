/// How many letters must be changed, added, removed or swapped with their neighbour to make one word another
/// (optimal string alignment).
enum EditDistance {
    /// The nearest candidate, at most `distanceMax` and a third of the word's letters away; the first of several.
    static func nearest(to word: String, among candidates: [String], distanceMax: Int = 3) -> String? {
        let bound = max(1, min(word.count / 3, distanceMax))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where abs(candidate.count - word.count) <= bound {
            let distance = between(word.lowercased(), candidate.lowercased())
            if distance <= bound, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    static func between(_ left: String, _ right: String) -> Int {
        let left = Array(left), right = Array(right)
        var twoAbove = [Int](repeating: 0, count: right.count + 1)
        var above = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let change = above[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(change, above[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, twoAbove[column - 1] + 1)
                }
                current.append(cost)
            }
            twoAbove = above
            above = current
        }
        return above[right.count]
    }
}
