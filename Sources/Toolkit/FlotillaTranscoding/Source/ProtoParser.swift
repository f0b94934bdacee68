/// Reads a .proto file (proto3): messages, nested ones, enumerations, oneofs, maps, services, options. What has no
/// meaning for wire or JSON — comments, reserved numbers, options of others — is read and forgotten.
///
/// Recursive descent; it never goes deeper than ``depthMax``, so hostile files cost time proportional to their length.
struct ProtoParser {
    /// Longer files are refused.
    static let bytesMax = 1 << 20
    /// Messages in messages, and groups in options.
    static let depthMax = 32

    let file: String
    private var scanner: ProtoScanner
    private(set) var token = ProtoScanner.Token.end
    private(set) var place = ProtoPlace.unknown

    /// - Parameter name: as other files import it.
    /// - Throws: ``ProtoError``, with the place.
    static func parse(_ name: String, _ bytes: [UInt8]) throws(ProtoError) -> FileDraft {
        guard bytes.count <= bytesMax else {
            throw ProtoError(name, .unknown, "the file is longer than \(bytesMax) bytes")
        }
        var parser = ProtoParser(file: name, scanner: ProtoScanner(file: name, bytes))
        try parser.advance()
        return try parser.draft()
    }

    private init(file: String, scanner: ProtoScanner) {
        self.file = file
        self.scanner = scanner
    }

    private mutating func draft() throws(ProtoError) -> FileDraft {
        var draft = FileDraft(name: file)
        try syntax()
        while token != .end {
            if try take(";") { continue }
            let start = place
            switch try word() {
            case "package":
                draft.package = try dottedName().text
                try expect(";")
            case "import":
                if token == .word("public") || token == .word("weak") { try advance() }
                let name = ProtoName(text: "", place: place)
                draft.imports.append(ProtoName(text: try text(), place: name.place))
                try expect(";")
            case "option":
                _ = try option()
                try expect(";")
            case "message": draft.messages.append(try message(depth: 0))
            case "enum": draft.enums.append(try enumeration())
            case "service": draft.services.append(try service())
            // Options of others: who reads them knows them.
            case "extend":
                _ = try dottedName()
                try skipBlock()
            case let other: throw error("\(other) cannot begin anything in a file", at: start)
            }
        }
        return draft
    }

    private mutating func syntax() throws(ProtoError) {
        guard token == .word("syntax") else { throw error("the file must begin with syntax = \"proto3\";") }
        try advance()
        try expect("=")
        guard token == .text("proto3") else { throw error("only proto3 is read here") }
        try advance()
        try expect(";")
    }

    // MARK: Pieces

    mutating func advance() throws(ProtoError) { (token, place) = try scanner.next() }

    func error(_ reason: String, at other: ProtoPlace? = nil) -> ProtoError { ProtoError(file, other ?? place, reason) }

    /// Steps over the sign when it is next.
    mutating func take(_ sign: Unicode.Scalar) throws(ProtoError) -> Bool {
        guard token == .sign(UInt8(ascii: sign)) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ sign: Unicode.Scalar) throws(ProtoError) {
        guard try take(sign) else { throw error("\(sign) is expected") }
    }

    mutating func word() throws(ProtoError) -> String {
        guard case .word(let word) = token else { throw error("a name is expected") }
        try advance()
        return word
    }

    mutating func name() throws(ProtoError) -> ProtoName {
        let place = place
        return ProtoName(text: try word(), place: place)
    }

    /// `shop.values.v1.MoneyValue`, with or without a dot in front.
    mutating func dottedName() throws(ProtoError) -> ProtoName {
        let place = place
        var text = try take(".") ? "." : ""
        text += try word()
        while try take(".") { text += "." + (try word()) }
        return ProtoName(text: text, place: place)
    }

    /// One text, or several that follow each other.
    mutating func text() throws(ProtoError) -> String {
        guard case .text(var text) = token else { throw error("a text in quotes is expected") }
        try advance()
        while case .text(let more) = token {
            text += more
            try advance()
        }
        return text
    }

    /// A whole number, decimal, octal or hexadecimal.
    mutating func integer() throws(ProtoError) -> Int64 {
        let isNegative = try take("-")
        guard case .number(let digits) = token else { throw error("a whole number is expected") }
        let value: Int64?
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            value = Int64(digits.dropFirst(2), radix: 16)
        } else if digits.count > 1, digits.hasPrefix("0") {
            value = Int64(digits.dropFirst(), radix: 8)
        } else {
            value = Int64(digits)
        }
        guard let value else { throw error("\(digits) is no whole number") }
        try advance()
        return isNegative ? -value : value
    }

    /// Everything between braces that fit each other.
    mutating func skipBlock() throws(ProtoError) {
        try expect("{")
        var depth = 1
        while depth > 0 {
            if token == .end { throw error("} is expected") }
            if token == .sign(UInt8(ascii: "{")) { depth += 1 }
            if token == .sign(UInt8(ascii: "}")) { depth -= 1 }
            try advance()
        }
    }

    mutating func skipStatement() throws(ProtoError) {
        while token != .sign(UInt8(ascii: ";")) {
            if token == .end { throw error("; is expected") }
            try advance()
        }
        try advance()
    }
}
