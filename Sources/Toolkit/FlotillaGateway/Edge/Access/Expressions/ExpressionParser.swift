/// Makes an expression of its words: `or` binds least, then `and`, then `not`, then comparisons.
struct ExpressionParser {
    private typealias Condition = AccessExpression.Condition
    private typealias Operand = AccessExpression.Operand
    private typealias Comparison = AccessExpression.Comparison

    private let tokens: [ExpressionLexer.Token]
    private let captures: [ExpressionCapture]?
    private var place = 0
    private var depth = 0
    private var comparisons = 0

    /// - Parameter captures: the names in the path of the route it is for; nil: to be given later.
    static func parse(
        _ text: String, captures: [ExpressionCapture]?
    ) throws(ExpressionError) -> AccessExpression {
        guard text.utf8.count <= AccessExpression.bytesMax else {
            throw ExpressionError(
                offset: 0, message: "the expression is too long", allowed: "at most \(AccessExpression.bytesMax) bytes")
        }
        var parser = ExpressionParser(try ExpressionLexer.tokens(of: text), captures)
        let condition = try parser.any()
        guard parser.token.word == .end else {
            throw parser.problem("something follows the expression", "its end, or and, or")
        }
        return AccessExpression(text: text, condition: condition)
    }

    private init(_ tokens: [ExpressionLexer.Token], _ captures: [ExpressionCapture]?) {
        self.tokens = tokens
        self.captures = captures
    }

    private var token: ExpressionLexer.Token { tokens[place] }

    private mutating func take(_ word: ExpressionLexer.Word) -> Bool {
        guard token.word == word else { return false }
        place += 1
        return true
    }

    private func problem(_ message: String, _ allowed: String, at offset: Int? = nil) -> ExpressionError {
        ExpressionError(offset: offset ?? token.offset, message: message, allowed: allowed)
    }

    // MARK: Conditions

    private mutating func any() throws(ExpressionError) -> Condition {
        var parts = [try all()]
        while take(.name("or")) { parts.append(try all()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func all() throws(ExpressionError) -> Condition {
        var parts = [try negated()]
        while take(.name("and")) { parts.append(try negated()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negated() throws(ExpressionError) -> Condition {
        guard token.word == .name("not") || token.word == .sign("(") else { return try comparison() }
        guard depth < AccessExpression.depthMax else {
            throw problem(
                "the expression is nested too deep", "parentheses and not \(AccessExpression.depthMax) deep at most")
        }
        depth += 1
        defer { depth -= 1 }
        if take(.name("not")) { return .not(try negated()) }
        place += 1
        let inner = try any()
        guard take(.sign(")")) else { throw problem("the parenthesis is not closed here", "), and, or") }
        return inner
    }

    private mutating func comparison() throws(ExpressionError) -> Condition {
        if take(.name("true")) { return .constant(true) }
        if take(.name("false")) { return .constant(false) }
        comparisons += 1
        guard comparisons <= AccessExpression.comparisonsMax else {
            throw problem("there are too many comparisons", "at most \(AccessExpression.comparisonsMax)")
        }
        let start = token.offset
        let left = try operand()
        let signOffset = token.offset
        let sign = try sign()
        let rightOffset = token.offset
        let right = try operand()
        try check(left, sign, right, (start, signOffset, rightOffset))
        return .comparison(Comparison(left: left, sign: sign, right: right))
    }

    private mutating func sign() throws(ExpressionError) -> Comparison.Sign {
        let word: String
        switch token.word {
        case .sign(let text): word = text
        case .name("not") where tokens[min(place + 1, tokens.count - 1)].word == .name("in"):
            place += 1
            word = "not in"
        case .name(let text): word = text
        default: word = ""
        }
        guard let sign = Comparison.Sign(rawValue: word) else {
            throw problem(
                "a comparison is missing here", Comparison.Sign.allCases.map(\.rawValue).joined(separator: " "))
        }
        place += 1
        return sign
    }

    // MARK: Operands

    private mutating func operand() throws(ExpressionError) -> Operand {
        let token = token
        place = min(place + 1, tokens.count - 1)
        switch token.word {
        case .text(let text): return .text(text)
        case .number(let number): return .number(number)
        case .sign("["): return .list(try list())
        case .name(let name):
            do {
                return .attribute(try ExpressionAttribute(name, captures: captures))
            } catch {
                var error = error
                error.offset += token.offset
                throw error
            }
        case .sign, .end:
            throw problem(
                "a value is missing here", "a name such as caller.id, a text in quotes, a number", at: token.offset)
        }
    }

    private mutating func list() throws(ExpressionError) -> [AccessExpression.Value] {
        var values: [AccessExpression.Value] = []
        repeat {
            switch token.word {
            case .text(let text): values.append(.text(text))
            case .number(let number): values.append(.number(number))
            default: throw problem("this cannot be in a list", "texts in quotes and numbers")
            }
            guard values.count <= AccessExpression.listMax else {
                throw problem("the list is too long", "at most \(AccessExpression.listMax) values")
            }
            place += 1
        } while take(.sign(","))
        guard take(.sign("]")) else { throw problem("the list is not closed here", "] or ,") }
        return values
    }

    // MARK: What can be compared

    private func check(
        _ left: Operand, _ sign: Comparison.Sign, _ right: Operand, _ offsets: (left: Int, sign: Int, right: Int)
    ) throws(ExpressionError) {
        guard left.isAttribute || right.isAttribute else {
            throw problem("two fixed values are compared", "a name such as caller.id on one side", at: offsets.left)
        }
        switch sign {
        case .within, .notWithin:
            guard left.kind != .list else { throw problem("a list is in no list", "contains", at: offsets.left) }
            guard right.kind == .list else {
                throw problem("this is no list", "['a', 'b'], caller.scopes, caller.permissions", at: offsets.right)
            }
        case .contains:
            guard left.kind != .number else {
                throw problem("a number contains nothing", "a text or a list", at: offsets.left)
            }
            try requireText(right, offsets.right)
        case .begins, .ends:
            try requireText(left, offsets.left)
            try requireText(right, offsets.right)
        case .equal, .unequal, .less, .atMost, .more, .atLeast:
            for (operand, offset) in [(left, offsets.left), (right, offsets.right)] where operand.kind == .list {
                throw problem("a list cannot be compared with \(sign.rawValue)", "in, contains", at: offset)
            }
            // What a request says is text, and may be a number by what it is compared with; a fixed text is none.
            for (one, other, offset) in [(left, right, offsets.left), (right, left, offsets.right)]
            where one.isFixedText && other.kind == .number {
                throw problem("a number is compared with a text", "the number without quotes", at: offset)
            }
        }
    }

    private func requireText(_ operand: Operand, _ offset: Int) throws(ExpressionError) {
        guard operand.kind == .text else { throw problem("this is no text", "a text", at: offset) }
    }
}

extension AccessExpression.Operand {
    fileprivate var isAttribute: Bool { if case .attribute = self { true } else { false } }

    fileprivate var isFixedText: Bool { if case .text = self { true } else { false } }

    fileprivate var kind: ExpressionAttribute.Kind {
        switch self {
        case .attribute(let attribute): attribute.kind
        case .text: .text
        case .number: .number
        case .list: .list
        }
    }
}
