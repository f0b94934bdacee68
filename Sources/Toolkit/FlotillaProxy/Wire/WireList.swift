/// Walks the elements of a comma-separated list (RFC 9110 §5.6.1), leaving out empty ones.
struct WireList {
    private let bytes: WireBytes
    private var place: Int
    private let end: Int

    init(_ bytes: WireBytes, _ value: WireRange) {
        self.bytes = bytes
        place = value.start
        end = value.end
    }

    /// The next element without blanks around it. Commas inside quoted strings part as well: the lists read here
    /// hold tokens, so an element with a quote is refused by the reader.
    mutating func next() -> WireRange? {
        while place < end {
            let comma = bytes.first(WireByte.comma, from: place, to: end) ?? end
            let trimmed = bytes.trimmed(place, comma)
            place = comma + 1
            if trimmed.start < trimmed.end { return WireRange(trimmed.start, trimmed.end) }
        }
        return nil
    }

    func isToken(_ element: WireRange) -> Bool {
        for place in element.start..<element.end where !WireByte.isToken(bytes[place]) { return false }
        return !element.isEmpty
    }
}
