/// Guesses which word of the catalog somebody meant (optimal string alignment distance; Damerau, Levenshtein).
struct SpellingGuess: Sendable {
    /// A word and how many products have it.
    struct Word: Sendable, Hashable {
        var text: String
        var productCount: Int
    }

    /// Words that may be looked at; a catalog with more is corrected from its first ones.
    static let wordsMax = 20_000

    let words: [Word]

    /// How many letters may be wrong in a word of `length`.
    static func tolerance(length: Int) -> Int {
        switch length {
        case ...3: 0
        case 4...5: 1
        default: 2
        }
    }

    /// The nearest word within the tolerance; of equally near ones the one of most products, then by alphabet.
    ///
    /// - Returns: nil when none is near enough.
    func nearest(to term: String) -> String? {
        let letters = Array(term.unicodeScalars)
        let tolerance = Self.tolerance(length: letters.count)
        guard tolerance > 0 else { return nil }
        var best: (distance: Int, word: Word)?
        for word in words {
            let candidate = Array(word.text.unicodeScalars)
            guard abs(candidate.count - letters.count) <= tolerance else { continue }
            let distance = Self.distance(letters, candidate)
            guard distance <= tolerance else { continue }
            if let best, !isBetter(distance, word, than: best) { continue }
            best = (distance, word)
        }
        return best?.word.text
    }

    private func isBetter(_ distance: Int, _ word: Word, than best: (distance: Int, word: Word)) -> Bool {
        if distance != best.distance { return distance < best.distance }
        if word.productCount != best.word.productCount { return word.productCount > best.word.productCount }
        return word.text < best.word.text
    }

    /// Letters to insert, delete, replace or swap with their neighbour.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            for column in 1...right.count {
                let isEqual = left[row - 1] == right[column - 1]
                var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isEqual ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, beforeLast[column - 2] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
