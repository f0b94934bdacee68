/// Tells the code of a Swift file from its comments and the text of its strings.
///
/// Knows nested comments, strings of one line and of several, raw strings, and code within
/// interpolations. Regular-expression literals are taken for code.
struct SwiftMasker {
    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let blank = bytes.map { $0 == Byte.newline ? Byte.newline : Byte.space }
        code = blank
        comments = blank
    }

    mutating func run() { scanCode(untilClosingRound: false) }

    /// Scans code to the end, or, inside an interpolation, past the bracket that closes it.
    private mutating func scanCode(untilClosingRound: Bool) {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case Byte.slash where next == Byte.slash: skipLineComment()
            case Byte.slash where next == Byte.star: skipBlockComment()
            case Byte.quote: skipString(hashes: 0)
            case Byte.hash:
                let hashes = hashesHere()
                if position + hashes < bytes.count, bytes[position + hashes] == Byte.quote {
                    position += hashes
                    skipString(hashes: hashes)
                } else {
                    keep()
                }
            case Byte.openRound:
                depth += 1
                keep()
            case Byte.closeRound:
                keep()
                if untilClosingRound, depth == 0 { return }
                depth -= 1
            default: keep()
            }
        }
    }

    private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    private mutating func keep() {
        code[position] = bytes[position]
        position += 1
    }

    private mutating func comment(_ count: Int) {
        for _ in 0..<count where position < bytes.count {
            comments[position] = bytes[position]
            position += 1
        }
    }

    private mutating func skipLineComment() {
        while position < bytes.count, bytes[position] != Byte.newline { comment(1) }
    }

    private mutating func skipBlockComment() {
        comment(2)
        var depth = 1
        while position < bytes.count, depth > 0 {
            if bytes[position] == Byte.slash, next == Byte.star {
                depth += 1
                comment(2)
            } else if bytes[position] == Byte.star, next == Byte.slash {
                depth -= 1
                comment(2)
            } else {
                comment(1)
            }
        }
    }

    /// The `#` from here on.
    private func hashesHere() -> Int { count(of: Byte.hash, from: position) }

    private func count(of byte: UInt8, from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    /// From the opening quote to past the closing one and its `#`.
    private mutating func skipString(hashes: Int) {
        let isLong = count(of: Byte.quote, from: position) >= 3
        let quotes = isLong ? 3 : 1
        // The quotes stay, so that `print("")` is still recognised as a call.
        for _ in 0..<quotes { keep() }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Byte.quote, closes(quotes: quotes, hashes: hashes) {
                for _ in 0..<quotes { keep() }
                position += hashes
                return
            }
            if byte == Byte.newline, !isLong { return }
            guard byte == Byte.backslash, escapeCounts(hashes: hashes) else {
                position += 1
                continue
            }
            position += 1 + hashes
            guard position < bytes.count else { return }
            if bytes[position] == Byte.openRound {
                keep()
                scanCode(untilClosingRound: true)
            } else if bytes[position] != Byte.newline {
                position += 1
            }
        }
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        count(of: Byte.quote, from: position) >= quotes
            && count(of: Byte.hash, from: position + quotes) >= hashes
    }

    private func escapeCounts(hashes: Int) -> Bool {
        count(of: Byte.hash, from: position + 1) >= hashes
    }
}
