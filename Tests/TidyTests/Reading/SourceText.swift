/// One file of the repository as the rules see it: its bytes, its lines, and for Swift its bare code.
struct SourceText {
    /// From the root of the repository: `Sources/Toolkit/FlotillaCore/Time/Deadline.swift`.
    let path: String
    /// The file as it is.
    let bytes: [UInt8]
    /// As long as `bytes`, with comments and the text of strings turned into spaces; line ends stay.
    let code: [UInt8]
    /// As long as `bytes`, with everything but comments turned into spaces; line ends stay.
    let comments: [UInt8]
    /// Where each line begins.
    let lineStarts: [Int]

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.lazy.filter { bytes[$0] == Byte.newline }.map { $0 + 1 }
        if path.hasSuffix(".swift") {
            var masker = SwiftMasker(bytes)
            masker.run()
            code = masker.code
            comments = masker.comments
        } else {
            code = []
            comments = []
        }
    }

    init(_ path: String, _ text: String) { self.init(path: path, bytes: Array(text.utf8)) }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isGenerated: Bool { path.hasSuffix(".pb.swift") || path.hasSuffix(".grpc.swift") }
    var isTest: Bool { path.hasPrefix("Tests/") }
    var isSource: Bool { path.hasPrefix("Sources/") }

    /// Lines in the file; a line end at its very end begins no further one.
    var lineCount: Int { bytes.last == Byte.newline || bytes.isEmpty ? lineStarts.count - 1 : lineStarts.count }

    /// `Deadline.swift`.
    var name: Substring { path.split(separator: "/").last ?? "" }

    /// The target the file belongs to: `FlotillaCore`, `ShopOrders`, `TidyTests`; empty outside of targets.
    var target: Substring {
        let parts = path.split(separator: "/")
        if parts.count > 3, parts[0] == "Sources" { return parts[2] == "Adapters" ? parts[3] : parts[2] }
        if parts.count > 2, parts[0] == "Tests" { return parts[1] }
        return ""
    }

    /// The number, from 1, of the line that holds the byte at `offset`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Where line `number`, from 1, stands, without its line end.
    func range(ofLine number: Int) -> Range<Int> {
        let start = lineStarts[number - 1]
        let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        return start..<max(start, end)
    }

    /// Line `number`, from 1, of the bare code, without the spaces around it.
    func codeLine(_ number: Int) -> Substring {
        let text = String(decoding: code[range(ofLine: number)], as: UTF8.self)
        return text.trimmed
    }

    /// Spaces before the code of line `number`, from 1.
    func indentation(ofLine number: Int) -> Int {
        code[range(ofLine: number)].prefix { $0 == Byte.space }.count
    }

    /// Whether line `number`, from 1, has a comment on it.
    func hasComment(line number: Int) -> Bool {
        number >= 1 && number <= lineStarts.count
            && comments[range(ofLine: number)].contains { $0 != Byte.space }
    }

    /// Whether a comment stands on the line, or directly above the statement it is part of.
    func isExplained(line number: Int) -> Bool {
        hasComment(line: number) || (number > 1 && codeLine(number - 1).isEmpty && hasComment(line: number - 1))
    }
}

/// The bytes the scanners look for.
enum Byte {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let hash = UInt8(ascii: "#")
    static let openRound = UInt8(ascii: "(")
    static let closeRound = UInt8(ascii: ")")
    static let openCurly = UInt8(ascii: "{")
    static let closeCurly = UInt8(ascii: "}")
    static let openSquare = UInt8(ascii: "[")
    static let closeSquare = UInt8(ascii: "]")

    /// Whether it can be part of a Swift name.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 95, 128...255: true
        default: false
        }
    }
}

extension StringProtocol {
    /// Without the spaces around it.
    var trimmed: Substring {
        let head = drop { $0 == " " || $0 == "\t" }
        guard let last = head.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return Substring(head[...last])
    }
}
