internal import FlotillaCore

extension AccessExpression.Condition {
    /// How it stands, with all its parts, also those that a decision would not look at any more.
    func step(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> AccessExplanation.Step {
        typealias Step = AccessExplanation.Step
        switch self {
        case .constant(let value): return Step(asked: String(value), found: String(value), holds: value)
        case .comparison(let comparison):
            return Step(
                asked: comparison.shownText, found: comparison.shownValues(head, facts),
                holds: comparison.holds(head, facts))
        case .not(let inner):
            let part = inner.step(head, facts)
            return Step(
                asked: "not (\(part.asked))", found: part.holds ? "the inner is so" : "the inner is not so",
                holds: !part.holds, parts: [part])
        case .all(let parts): return Self.step("and", parts, head, facts) { $0 == $1 }
        case .any(let parts): return Self.step("or", parts, head, facts) { holding, _ in holding > 0 }
        }
    }

    private static func step(
        _ word: String, _ conditions: [AccessExpression.Condition], _ head: borrowing some EdgeHead & ~Copyable,
        _ facts: AccessFacts, _ holds: (_ holding: Int, _ all: Int) -> Bool
    ) -> AccessExplanation.Step {
        var parts: [AccessExplanation.Step] = []
        for condition in conditions { parts.append(condition.step(head, facts)) }
        let holding = parts.count(where: \.holds)
        return AccessExplanation.Step(
            asked: parts.map { part in part.parts.count > 1 ? "(\(part.asked))" : part.asked }
                .joined(separator: " \(word) "),
            found: "\(holding) of \(parts.count) are so", holds: holds(holding, parts.count), parts: parts)
    }
}

extension AccessExpression.Comparison {
    private var hides: Bool { left.isHidden || right.isHidden }

    /// As it was written, but for a value that would tell a secret.
    fileprivate var shownText: String { "\(left.shown(hiding: hides)) \(sign.rawValue) \(right.shown(hiding: hides))" }

    /// What the attributes in it came to.
    fileprivate func shownValues(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> String {
        var values: [String] = []
        if case .attribute(let attribute) = left { values.append(attribute.shown(head, facts)) }
        if case .attribute(let attribute) = right { values.append(attribute.shown(head, facts)) }
        return values.joined(separator: ", ")
    }
}

extension AccessExpression.Operand {
    fileprivate var isHidden: Bool { if case .attribute(let attribute) = self { attribute.isHidden } else { false } }

    fileprivate func shown(hiding: Bool) -> String {
        switch self {
        case .attribute(let attribute): attribute.text
        case _ where hiding: "(hidden)"
        case .text(let text): AccessExpression.Value.text(text).shown
        case .number(let number): AccessExpression.Value.number(number).shown
        case .list(let values): "[\(values.map(\.shown).joined(separator: ", "))]"
        }
    }
}

extension AccessExpression.Value {
    fileprivate var shown: String {
        switch self {
        case .nothing: "nothing"
        case .text(let text): "'\(AccessExplanation.shown(text))'"
        case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
        }
    }
}

extension ExpressionAttribute {
    /// `path.userId is 'u2'`.
    fileprivate func shown(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> String {
        switch self {
        case .callerScopes:
            let scopes = facts.caller?.principal.scopes.joined(separator: " ") ?? ""
            return "\(text) is [\(AccessExplanation.shown(scopes))]"
        case .callerPermissions:
            return "\(text) are those of \(facts.caller.map { AccessExplanation.shown($0.role) } ?? "nobody")"
        default:
            let value = value(head, facts)
            return "\(text) is \(isHidden && value != .nothing ? "(hidden)" : value.shown)"
        }
    }
}
