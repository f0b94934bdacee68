/// The words of an expression, each with its place.
struct ExpressionLexer {
    enum Word: Sendable, Hashable {
        /// `caller.id`, `and`, `in`.
        case name(String)
        case text(String)
        case number(Double)
        /// `==`, `(`, `,`.
        case sign(String)
        case end
    }

    struct Token: Sendable, Hashable {
        var word: Word
        /// Characters before it.
        var offset: Int
    }

    private let characters: [Unicode.Scalar]
    private var place = 0

    private init(_ text: String) { characters = Array(text.unicodeScalars) }

    /// All words, the last of them ``Word/end``.
    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        var lexer = ExpressionLexer(text)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.word == .end { return tokens }
        }
    }

    private mutating func next() throws(ExpressionError) -> Token {
        while place < characters.count, characters[place].properties.isWhitespace { place += 1 }
        guard place < characters.count else { return Token(word: .end, offset: place) }
        let start = place
        switch characters[place] {
        case "'", "\"": return Token(word: .text(try quoted()), offset: start)
        case "0"..."9", "-": return Token(word: .number(try number()), offset: start)
        case "a"..."z", "A"..."Z": return Token(word: .name(name()), offset: start)
        case "(", ")", "[", "]", ",":
            place += 1
            return Token(word: .sign(String(characters[start])), offset: start)
        case "=", "!", "<", ">": return Token(word: .sign(try comparison()), offset: start)
        case "&", "|":
            throw ExpressionError(
                offset: start, message: "\(characters[start]) is no word here", allowed: "and, or, not, as words")
        default:
            throw ExpressionError(
                offset: start, message: "this character has no meaning here",
                allowed: "names such as caller.id, texts in quotes, numbers, == != < <= > >= and parentheses")
        }
    }

    private mutating func quoted() throws(ExpressionError) -> String {
        let start = place
        let quote = characters[place]
        place += 1
        var text = String.UnicodeScalarView()
        while place < characters.count, characters[place] != quote {
            text.append(characters[place])
            place += 1
        }
        guard place < characters.count else {
            throw ExpressionError(offset: start, message: "the text does not end", allowed: "the same quote at its end")
        }
        place += 1
        return String(text)
    }

    private mutating func number() throws(ExpressionError) -> Double {
        let start = place
        place += 1
        while place < characters.count, "0"..."9" ~= characters[place] || characters[place] == "." { place += 1 }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: characters[start..<place])
        guard let number = AccessExpression.number(String(text)) else {
            throw ExpressionError(
                offset: start, message: "\(String(text)) is no number", allowed: "such as 9, -1 or 0.5")
        }
        return number
    }

    private mutating func name() -> String {
        var text = String.UnicodeScalarView()
        while place < characters.count, Self.isOfName(characters[place]) {
            text.append(characters[place])
            place += 1
        }
        return String(text)
    }

    private mutating func comparison() throws(ExpressionError) -> String {
        let start = place
        place += 1
        guard place < characters.count, characters[place] == "=" else {
            switch characters[start] {
            case "<": return "<"
            case ">": return ">"
            case "=":
                throw ExpressionError(offset: start, message: "= is not a comparison", allowed: "== for the same")
            default: throw ExpressionError(offset: start, message: "! is no word here", allowed: "not, or !=")
            }
        }
        place += 1
        return String(characters[start]) + "="
    }

    private static func isOfName(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
        default: false
        }
    }
}

extension AccessExpression {
    /// A number as people write it: digits, a sign before them, one point among them; nothing else that `Double` reads.
    static func number(_ text: String) -> Double? {
        guard (1...18).contains(text.utf8.count) else { return nil }
        var points = 0
        var digits = 0
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-"): guard place == 0 else { return nil }
            case UInt8(ascii: "."): points += 1
            case 0x30...0x39: digits += 1
            default: return nil
            }
        }
        guard digits > 0, points <= 1, text.utf8.last != UInt8(ascii: ".") else { return nil }
        return Double(text)
    }
}
