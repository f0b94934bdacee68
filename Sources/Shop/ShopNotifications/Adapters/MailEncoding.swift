/// How text becomes the 7-bit lines of a letter, so that nothing in it can be taken for structure.
enum MailEncoding {
    /// The longest line of an encoded body, without its end (RFC 2045, section 6.7).
    private static let bodyLineMax = 76
    /// Room for text in one encoded word of 75 characters: less `=?UTF-8?Q?` and `?=`.
    private static let wordTextMax = 63
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Text as the value of a header field: as it is when it is short, printable ASCII, otherwise as
    /// encoded words (RFC 2047) on lines of their own. Control characters become spaces.
    static func header(_ text: String) -> String {
        let text = oneLine(text)
        let isPlain = isShortASCII(text) && !hasEncodedWord(text) && !text.hasPrefix(" ") && !text.hasSuffix(" ")
        return isPlain ? text : encodedWords(text)
    }

    /// A name before an address: a quoted string, or encoded words.
    static func displayName(_ name: String) -> String {
        let name = oneLine(name)
        let isPlain =
            isShortASCII(name) && !name.utf8.contains(UInt8(ascii: "\"")) && !name.utf8.contains(UInt8(ascii: "\\"))
        return isPlain && !hasEncodedWord(name) ? "\"\(name)\"" : encodedWords(name)
    }

    /// Adds text as quoted-printable (RFC 2045, section 6.7) with CRLF line ends, the last line ended as well.
    static func appendBody(_ text: String, to bytes: inout [UInt8]) {
        let source = Array(text.utf8)
        var start = 0
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == lineFeed || byte == carriageReturn {
                appendLine(source[start..<index], to: &bytes)
                // CR LF is one line end.
                if byte == carriageReturn, index + 1 < source.count, source[index + 1] == lineFeed { index += 1 }
                start = index + 1
            }
            index += 1
        }
        appendLine(source[start...], to: &bytes)
    }

    private static func appendLine(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        var length = 0
        for (index, byte) in zip(line.indices, line) {
            let isLast = index == line.endIndex - 1
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = ((0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")) || (isBlank && !isLast)
            let width = isPlain ? 1 : 3
            // One column is kept for the `=` of a soft line break.
            if length + width > bodyLineMax - 1 {
                bytes += [UInt8(ascii: "="), carriageReturn, lineFeed]
                length = 0
            }
            if isPlain { bytes.append(byte) } else { appendHex(byte, to: &bytes) }
            length += width
        }
        bytes.append(carriageReturn)
        bytes.append(lineFeed)
    }

    private static func encodedWords(_ text: String) -> String {
        var words: [UInt8] = Array("=?UTF-8?Q?".utf8)
        var length = 0
        var piece: [UInt8] = []
        for scalar in text.unicodeScalars {
            // A character must not be cut in two by the end of a word.
            piece.removeAll(keepingCapacity: true)
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                appendEncodedWordByte(byte, to: &piece)
            }
            if length + piece.count > wordTextMax {
                words += Array("?=\r\n =?UTF-8?Q?".utf8)
                length = 0
            }
            words += piece
            length += piece.count
        }
        words += Array("?=".utf8)
        return String(decoding: words, as: UTF8.self)
    }

    /// The Q encoding; only letters and digits stay, which is right in every place a word may stand.
    private static func appendEncodedWordByte(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
        case 0x20: bytes.append(UInt8(ascii: "_"))
        default: appendHex(byte, to: &bytes)
        }
    }

    private static func oneLine(_ text: String) -> String {
        // Printable ASCII has nothing to replace, and most texts are nothing else.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
        }
        return String(line)
    }

    private static func isShortASCII(_ text: String) -> Bool {
        text.utf8.count <= 60 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Whether a reader could take a part of it for an encoded word.
    private static func hasEncodedWord(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
    }

    private static func appendHex(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "="))
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
