/// How text becomes the 7-bit lines of a letter, so that nothing in it can be taken for structure.
enum MailEncoding {
    /// The longest line of an encoded body, without its end (RFC 2045, section 6.7).
    private static let bodyLineMax = 76
    /// Room for text in one encoded word of 75 characters: less `=?UTF-8?Q?` and `?=`.
    private static let wordTextMax = 63

    /// Text as the value of a header field: as it is when it is short, printable ASCII, otherwise as
    /// encoded words (RFC 2047) on lines of their own. Control characters become spaces.
    static func header(_ text: String) -> String {
        let text = oneLine(text)
        let isPlain = text.utf8.count <= 60 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && !text.contains("=?") && !text.hasPrefix(" ") && !text.hasSuffix(" ")
        return isPlain ? text : encodedWords(text)
    }

    /// A name before an address: a quoted string, or encoded words.
    static func displayName(_ name: String) -> String {
        let name = oneLine(name)
        let isPlain = name.utf8.count <= 60 && name.utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        return isPlain && !name.contains("=?") ? "\"\(name)\"" : encodedWords(name)
    }

    /// Quoted-printable (RFC 2045, section 6.7) with CRLF line ends, the last line ended as well.
    static func body(_ text: String) -> String {
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { quotedPrintable(Substring($0)) + "\r\n" }.joined()
    }

    private static func quotedPrintable(_ line: Substring) -> String {
        var result = ""
        var length = 0
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = ((0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")) || (isBlank && !isLast)
            let piece = isPlain ? String(UnicodeScalar(byte)) : "=" + hex(byte)
            // One column is kept for the `=` of a soft line break.
            if length + piece.utf8.count > bodyLineMax - 1 {
                result += "=\r\n"
                length = 0
            }
            result += piece
            length += piece.utf8.count
        }
        return result
    }

    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            // A character must not be cut in two by the end of a word.
            let piece = UTF8.encode(scalar).map { $0.map(encodedWordByte).joined() } ?? "_"
            if word.utf8.count + piece.utf8.count > wordTextMax {
                words.append(word)
                word = ""
            }
            word += piece
        }
        words.append(word)
        return words.map { "=?UTF-8?Q?\($0)?=" }.joined(separator: "\r\n ")
    }

    /// The Q encoding; only letters and digits stay, which is right in every place a word may stand.
    private static func encodedWordByte(_ byte: UInt8) -> String {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
        case 0x20: "_"
        default: "=" + hex(byte)
        }
    }

    private static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
        }
        return String(line)
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}
