extension AccessExpression {
    /// The same for a route with these names in its path.
    ///
    /// - Throws: ``ExpressionError`` for a name that the path does not have; its offset says nothing.
    func resolved(_ captures: [ExpressionCapture]) throws(ExpressionError) -> AccessExpression {
        AccessExpression(text: text, condition: try condition.resolved(captures))
    }
}

extension AccessExpression.Condition {
    fileprivate func resolved(_ captures: [ExpressionCapture]) throws(ExpressionError) -> AccessExpression.Condition {
        switch self {
        case .constant: return self
        case .comparison(var comparison):
            comparison.left = try comparison.left.resolved(captures)
            comparison.right = try comparison.right.resolved(captures)
            return .comparison(comparison)
        case .not(let inner): return .not(try inner.resolved(captures))
        case .all(let parts): return .all(try Self.resolved(parts, captures))
        case .any(let parts): return .any(try Self.resolved(parts, captures))
        }
    }

    private static func resolved(
        _ parts: [AccessExpression.Condition], _ captures: [ExpressionCapture]
    ) throws(ExpressionError) -> [AccessExpression.Condition] {
        var resolved: [AccessExpression.Condition] = []
        for part in parts { resolved.append(try part.resolved(captures)) }
        return resolved
    }
}

extension AccessExpression.Operand {
    fileprivate func resolved(_ captures: [ExpressionCapture]) throws(ExpressionError) -> AccessExpression.Operand {
        guard case .attribute(.capture(let name, _, _)) = self else { return self }
        return .attribute(try ExpressionAttribute("path.\(name)", captures: captures))
    }
}

extension PathPattern {
    /// Which segments its names stand for.
    var captures: [ExpressionCapture] {
        segments.enumerated().compactMap { place, segment in
            switch segment {
            case .literal: nil
            case .any(let name): name.isEmpty ? nil : ExpressionCapture(name: name, place: place, isRest: false)
            case .rest(let name): name.isEmpty ? nil : ExpressionCapture(name: name, place: place, isRest: true)
            }
        }
    }
}
