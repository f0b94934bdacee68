/// A condition on a request and its caller, as a file writes it (attribute-based access control, NIST SP 800-162):
///
///     caller.role == 'admin' or path.userId == caller.id
///     request.method in ['GET', 'HEAD'] and not (time.hour < 6 or time.weekday >= 6)
///     request.host endsWith '.internal' and caller.scopes contains 'orders:read'
///
/// It is total: whatever a request lacks is nothing, and nothing compares to anything as false, `!=` and `not in`
/// included. Texts are compared byte by byte. Parsed once; its size is bounded, so what it costs is too.
struct AccessExpression: Sendable, Hashable {
    /// Longest text of one.
    static let bytesMax = 1_000
    /// Parentheses and `not` in each other, at most.
    static let depthMax = 16
    /// Comparisons in one, at most.
    static let comparisonsMax = 64
    /// Entries of a list, at most.
    static let listMax = 100

    indirect enum Condition: Sendable, Hashable {
        case constant(Bool)
        case comparison(Comparison)
        case not(Condition)
        case all([Condition])
        case any([Condition])
    }

    struct Comparison: Sendable, Hashable {
        enum Sign: String, Sendable, Hashable, CaseIterable {
            case equal = "=="
            case unequal = "!="
            case less = "<"
            case atMost = "<="
            case more = ">"
            case atLeast = ">="
            case within = "in"
            case notWithin = "not in"
            case begins = "startsWith"
            case ends = "endsWith"
            case contains
        }

        var left: Operand
        var sign: Sign
        var right: Operand
    }

    enum Operand: Sendable, Hashable {
        case attribute(ExpressionAttribute)
        case text(String)
        case number(Double)
        case list([Value])
    }

    /// What an operand comes to.
    enum Value: Sendable, Hashable {
        /// The request has no such thing.
        case nothing
        case text(String)
        case number(Double)
    }

    /// As it was written.
    let text: String
    let condition: Condition

    /// Whether it asks who calls; signing in may then help.
    var asksForCaller: Bool { condition.attributes.contains { $0.isOfCaller } }
}

extension AccessExpression.Condition {
    /// All that is asked for, in its order.
    var attributes: [ExpressionAttribute] {
        switch self {
        case .constant: []
        case .comparison(let comparison):
            [comparison.left, comparison.right].compactMap { if case .attribute(let one) = $0 { one } else { nil } }
        case .not(let inner): inner.attributes
        case .all(let parts), .any(let parts): parts.flatMap(\.attributes)
        }
    }
}
