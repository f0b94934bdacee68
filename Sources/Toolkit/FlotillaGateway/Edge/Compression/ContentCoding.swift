/// How a body can be made smaller on its way (RFC 9110, section 8.4.1).
enum ContentCoding: String, Sendable, Hashable, CaseIterable {
    /// RFC 1952.
    case gzip
    /// Brotli, RFC 7932.
    case br

    /// What of `codings` a client likes best (RFC 9110, section 12.5.3); nil: none, or it is not told.
    ///
    /// - Parameters:
    ///   - accepted: the value of `Accept-Encoding`, of several fields with commas in between; nil: there is none.
    ///   - codings: in the order of our own liking, which decides among those the client likes equally.
    static func choose(_ accepted: String?, among codings: [ContentCoding]) -> ContentCoding? {
        guard let accepted else { return nil }
        let wishes = CodingWishes(accepted)
        var best: (coding: ContentCoding, rank: Int)?
        for coding in codings {
            let rank = wishes.rank(of: coding.rawValue)
            if rank > best?.rank ?? 0 { best = (coding, rank) }
        }
        // Whoever likes the plain body better gets that.
        guard let best, best.rank >= wishes.plainRank else { return nil }
        return best.coding
    }
}

/// What a client says of codings, each with a rank from 0, never, to 1,000.
private struct CodingWishes {
    private var ranks: [(name: String, rank: Int)] = []

    init(_ text: String) {
        for element in text.split(separator: ",").prefix(32) {
            let parts = element.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
            guard let name = parts.first, !name.isEmpty else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }
            let rank = weight.map { Self.rank($0.dropFirst(2)) } ?? 1_000
            ranks.append((name == "x-gzip" ? "gzip" : name, rank))
        }
    }

    func rank(of name: String) -> Int { told(name) ?? told("*") ?? 0 }

    /// Of the body as it is: nobody needs to ask for it, and whoever gives it a rank means it.
    var plainRank: Int { told("identity") ?? 0 }

    private func told(_ name: String) -> Int? { ranks.first { $0.name == name }?.rank }

    /// Of `0`, `1`, `0.5`, with three digits at most (RFC 9110, section 12.4.2); what is none of these is no wish.
    private static func rank(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, whole == "0" || whole == "1" else { return 0 }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return 0 }
        let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count)) ?? 0
        return min(1_000, (whole == "1" ? 1_000 : 0) + fraction)
    }

    private static func trimmed(_ text: Substring) -> String { text.withoutBlanks.lowercased() }
}
