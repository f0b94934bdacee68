internal import FlotillaCore

/// What a decision knows beside the head of the request.
struct AccessFacts: Sendable {
    /// Nil: nobody is signed in.
    var caller: Caller?
    var roles: AccessRoles
    /// Of the client, where proxies stand before us; nil: that of the connection.
    var address: IPAddress?
    var now: Timestamp
}

extension AccessExpression {
    /// Whether it is so for this request. Never fails, and never takes longer than its size allows.
    func holds(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Bool {
        condition.holds(head, facts)
    }
}

extension AccessExpression.Condition {
    func holds(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Bool {
        switch self {
        case .constant(let value): return value
        case .comparison(let comparison): return comparison.holds(head, facts)
        case .not(let inner): return !inner.holds(head, facts)
        case .all(let parts):
            for part in parts where !part.holds(head, facts) { return false }
            return true
        case .any(let parts):
            for part in parts where part.holds(head, facts) { return true }
            return false
        }
    }
}

extension AccessExpression.Comparison {
    typealias Value = AccessExpression.Value

    func holds(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Bool {
        switch sign {
        case .within, .notWithin:
            guard let found = isWithin(left.value(head, facts), right, head, facts) else { return false }
            return found == (sign == .within)
        case .contains where left.isList: return isWithin(right.value(head, facts), left, head, facts) ?? false
        default: return compare(left.value(head, facts), right.value(head, facts))
        }
    }

    /// Nil: one of them is nothing.
    private func isWithin(
        _ value: Value, _ list: AccessExpression.Operand, _ head: borrowing some EdgeHead & ~Copyable,
        _ facts: AccessFacts
    ) -> Bool? {
        if case .nothing = value { return nil }
        if case .list(let values) = list { return values.contains { Self.isSame(value, $0) } }
        guard case .attribute(let attribute) = list, let caller = facts.caller, case .text(let text) = value else {
            return nil
        }
        switch attribute {
        case .callerPermissions: return caller.may(text, facts.roles)
        default: return caller.scopes.contains { $0.hasSameBytes(as: text) }
        }
    }

    private func compare(_ left: Value, _ right: Value) -> Bool {
        switch sign {
        case .equal: return Self.isSame(left, right)
        case .unequal: return left != .nothing && right != .nothing && !Self.isSame(left, right)
        case .less: return Self.order(left, right).map { $0 < 0 } ?? false
        case .atMost: return Self.order(left, right).map { $0 <= 0 } ?? false
        case .more: return Self.order(left, right).map { $0 > 0 } ?? false
        case .atLeast: return Self.order(left, right).map { $0 >= 0 } ?? false
        case .begins, .ends, .contains:
            guard case .text(let text) = left, case .text(let part) = right else { return false }
            switch sign {
            case .begins: return text.utf8.starts(with: part.utf8)
            case .ends: return text.utf8.reversed().starts(with: part.utf8.reversed())
            default: return Self.contains(text, part)
            }
        case .within, .notWithin: return false
        }
    }

    private static func isSame(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        // Not as texts that look alike: to a service they are different.
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        default: order(left, right) == 0
        }
    }

    /// Below, at or above zero; nil where they cannot be compared. A text beside a number counts as the number it is.
    private static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.text(let left), .text(let right)):
            if left.hasSameBytes(as: right) { return 0 }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        case (.number(let left), .number(let right)): return left == right ? 0 : left < right ? -1 : 1
        case (.text(let left), .number): return order(.number(AccessExpression.number(left)), right)
        case (.number, .text(let right)): return order(left, .number(AccessExpression.number(right)))
        case (.nothing, _), (_, .nothing): return nil
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        if part.isEmpty { return true }
        var rest = text.utf8[...]
        let first = part.utf8.first
        while rest.count >= part.utf8.count {
            if rest.first == first, rest.starts(with: part.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

extension String {
    /// Whether both are the same bytes; `==` of texts takes those for the same that only mean the same.
    fileprivate func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return isSame.flatMap(\.self) ?? utf8.elementsEqual(other.utf8)
    }
}

extension AccessExpression.Value {
    fileprivate static func number(_ number: Double?) -> Self {
        if let number { .number(number) } else { .nothing }
    }
}

extension AccessExpression.Operand {
    var isList: Bool {
        switch self {
        case .list: true
        case .attribute(let attribute): attribute.kind == .list
        case .text, .number: false
        }
    }

    /// What it comes to; lists come to nothing by themselves.
    func value(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> AccessExpression.Value {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .list: .nothing
        case .attribute(let attribute): attribute.value(head, facts)
        }
    }
}
