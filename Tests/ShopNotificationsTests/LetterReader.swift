/// Reads a letter the way a mail program does, so that tests see what people see.
struct LetterReader {
    let headers: [(name: String, value: String)]
    let body: String
    /// All lines as they stand in the file, without their CRLF.
    let lines: [String]

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let end = lines.firstIndex(of: "") ?? lines.endIndex
        var headers: [(name: String, value: String)] = []
        for line in lines[..<end] {
            if line.hasPrefix(" "), !headers.isEmpty {
                headers[headers.count - 1].value += line
            } else {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                headers.append((String(parts[0]), parts.count > 1 ? String(parts[1].dropFirst()) : ""))
            }
        }
        self.headers = headers
        body = Self.quotedPrintable(lines[min(end + 1, lines.endIndex)...].joined(separator: "\n"))
    }

    /// The values of a header field, decoded.
    func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map { Self.decodeWords($0.value) } }

    private static func quotedPrintable(_ text: String) -> String {
        decode(text.replacing("=\n", with: ""), escape: UInt8(ascii: "="), spaceIsUnderscore: false)
    }

    private static func decodeWords(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "=?UTF-8?Q?") {
            let before = rest[..<start.lowerBound]
            // Blanks between two encoded words do not count.
            if !(before.allSatisfy { $0 == " " } && !result.isEmpty) { result += before }
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "?=") else { break }
            result += decode(String(rest[..<end.lowerBound]), escape: UInt8(ascii: "="), spaceIsUnderscore: true)
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func decode(_ text: String, escape: UInt8, spaceIsUnderscore: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == escape, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(spaceIsUnderscore && byte == UInt8(ascii: "_") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
