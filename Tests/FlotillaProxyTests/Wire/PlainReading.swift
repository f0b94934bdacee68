/// A second reading of a head that was written on, made by splitting text only. It shares no code with the parser, so
/// that the two cannot be wrong in the same way.
struct PlainReading {
    let lines: [String]
    let isWellFormed: Bool

    init(_ head: [UInt8]) {
        let text = String(String.UnicodeScalarView(head.map { Unicode.Scalar($0) }))
        var scalars = text.unicodeScalars[...]
        var lines: [String] = []
        var isWellFormed = true
        while let end = scalars.firstIndex(of: "\n") {
            var line = scalars[..<end]
            isWellFormed = isWellFormed && line.popLast() == "\r"
            isWellFormed = isWellFormed && !line.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }
            lines.append(String(String.UnicodeScalarView(line)))
            scalars = scalars[scalars.index(after: end)...]
        }
        self.lines = lines
        self.isWellFormed = isWellFormed && scalars.isEmpty && !lines.contains("")
    }

    func values(of name: String) -> [String] {
        lines.dropFirst().compactMap { line in
            guard let colon = line.unicodeScalars.firstIndex(of: ":") else { return nil }
            // As carelessly as the most careless upstream would.
            let read = line.unicodeScalars[..<colon].filter { $0 != " " }.map { $0 == "_" ? "-" : $0 }
            guard String(String.UnicodeScalarView(read)).lowercased() == name else { return nil }
            return String(line.unicodeScalars[line.unicodeScalars.index(after: colon)...].drop { $0 == " " })
        }
    }

    /// What is wrong with it as an upstream's request; nil when nothing is.
    func objection(framing: String) -> String? {
        guard isWellFormed else { return "its lines are not well-formed" }
        if lines[0].split(separator: " ", omittingEmptySubsequences: false).count != 3 { return "its first line" }
        if !lines[0].hasSuffix(" HTTP/1.1") { return "its version" }
        if values(of: "host").count != 1 { return "hosts: \(values(of: "host"))" }
        let lengths = values(of: "content-length")
        let codings = values(of: "transfer-encoding")
        switch framing {
        case "none": return lengths.isEmpty && codings.isEmpty ? nil : "framed, but has no body"
        case "chunked": return lengths.isEmpty && codings == ["chunked"] ? nil : "not only chunked"
        default: return ["length \(lengths.first ?? "")"] == [framing] && codings.isEmpty ? nil : "not only a length"
        }
    }
}
