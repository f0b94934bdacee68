/// Finds the lines of a head as its bytes arrive. No byte is searched twice, however few come at a time.
///
/// A line is looked at only once it is whole, so that what is wrong with it does not depend on how the bytes came.
struct HeadLines {
    /// Where the next line begins.
    private(set) var start = 0
    private var searched = 0

    /// The next line without its CR LF; nil when it is not there yet.
    /// It must end within the first `limit` bytes, else `tooLong` is thrown.
    mutating func next(
        _ bytes: WireBytes, limit: Int, tooLong: WireRefusal
    ) throws(WireRefusal) -> Range<Int>? {
        let end = min(bytes.count, limit)
        guard let lineFeed = bytes.first(WireByte.lineFeed, from: searched, to: end) else {
            if bytes.count >= limit { throw tooLong }
            searched = max(searched, end)
            return nil
        }
        guard lineFeed > start, bytes[lineFeed - 1] == WireByte.carriageReturn else { throw .lineEnding }
        let line = start..<(lineFeed - 1)
        start = lineFeed + 1
        searched = start
        return line
    }

    /// Goes on behind an empty line of two bytes before the message.
    mutating func skipEmptyLine() {
        start = 2
        searched = 2
    }
}
