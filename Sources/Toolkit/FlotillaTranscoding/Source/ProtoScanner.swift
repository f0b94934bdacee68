/// Takes a .proto file apart into words, numbers, texts and signs; comments are left out (Protocol Buffers Language
/// Specification, proto3).
struct ProtoScanner {
    enum Token: Sendable, Hashable {
        case word(String)
        /// As it is written.
        case number(String)
        /// Without quotes, escapes resolved.
        case text(String)
        case sign(UInt8)
        case end
    }

    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(file: String, _ bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// The next token and where it begins.
    mutating func next() throws(ProtoError) -> (token: Token, place: ProtoPlace) {
        try skipBlanks()
        let place = place
        guard index < bytes.count else { return (.end, place) }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            return (.word(run { Self.isWord($0) }), place)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return (.number(number()), place)
        case UInt8(ascii: "."):
            if index + 1 < bytes.count, Self.isDigit(bytes[index + 1]) { return (.number(number()), place) }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return (.text(try text(byte)), place)
        case 0x21...0x7E: break
        default: throw error("there is a character that has no meaning here")
        }
        index += 1
        return (.sign(byte), place)
    }

    private var place: ProtoPlace { ProtoPlace(line: line, column: index - lineStart + 1) }

    private func error(_ reason: String) -> ProtoError { ProtoError(file, place, reason) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private mutating func run(while isPart: (UInt8) -> Bool) -> String {
        let start = index
        while index < bytes.count, isPart(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func number() -> String {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            let isSign = (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"))
                && index > start && bytes[index - 1] | 0x20 == UInt8(ascii: "e")
                && !bytes[start..<index].contains(UInt8(ascii: "x"))
            guard Self.isWord(byte) || byte == UInt8(ascii: ".") || isSign else { break }
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipBlanks() throws(ProtoError) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A:
                newLine()
            case 0x20, 0x09, 0x0D, 0x0B, 0x0C: index += 1
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
                try skipBlock()
            default: return
            }
        }
    }

    private mutating func newLine() {
        index += 1
        line += 1
        lineStart = index
    }

    private mutating func skipBlock() throws(ProtoError) {
        let open = error("the comment has no end")
        index += 2
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
                index += 2
                return
            }
            if bytes[index] == 0x0A { newLine() } else { index += 1 }
        }
        throw open
    }

    private mutating func text(_ quote: UInt8) throws(ProtoError) -> String {
        index += 1
        var content: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case quote:
                index += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw error("the text is not UTF-8")
                }
                return text
            case 0x0A: throw error("the text has no end in its line")
            case UInt8(ascii: "\\"): content.append(try escape())
            default:
                content.append(byte)
                index += 1
            }
        }
        throw error("the text has no end")
    }

    private mutating func escape() throws(ProtoError) -> UInt8 {
        index += 1
        guard index < bytes.count else { throw error("the text has no end") }
        let byte = bytes[index]
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "\\"): 0x5C,
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "?"): 0x3F, UInt8(ascii: "a"): 7,
            UInt8(ascii: "b"): 8, UInt8(ascii: "v"): 0x0B, UInt8(ascii: "f"): 0x0C,
        ]
        if let value = simple[byte] {
            index += 1
            return value
        }
        let isHex = byte | 0x20 == UInt8(ascii: "x")
        if isHex { index += 1 }
        let start = index
        while index < bytes.count, index - start < (isHex ? 2 : 3),
            isHex ? Self.isHexDigit(bytes[index]) : (0x30...0x37).contains(bytes[index]) { index += 1 }
        let digits = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let value = UInt8(digits, radix: isHex ? 16 : 8) else { throw error("there is no such escape") }
        return value
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
