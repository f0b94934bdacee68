internal import FlotillaCore

/// Why a request is allowed or refused: each thing that was asked, what it came to, and whether that was enough.
///
/// It holds no secret: no token, no key, and of parameters and fields whose names sound like secrets no value.
struct AccessExplanation: Sendable, Hashable {
    /// One thing that was asked.
    struct Step: Sendable, Hashable {
        /// As the file says it: `roles: admin, support`.
        var asked: String
        /// What the request has: `customer`.
        var found: String
        var holds: Bool
        /// What it is made of.
        var parts: [Step] = []
    }

    /// Who calls, for people: `u1 (role customer, tier free, by token)`.
    var caller: String
    /// `allowed`, or the slug of the refusal.
    var outcome: String
    /// The policy that refuses; nil when it is allowed.
    var policy: String?
    var steps: [Step]

    var isAllowed: Bool { policy == nil }

    /// What failed, as a sentence; empty when it is allowed.
    var reason: String {
        let failed = steps.flatMap(\.failures).map { "\($0.asked) is not so: \($0.found)" }
        return failed.joined(separator: "; ")
    }

    /// For people, a line for each thing.
    var text: String {
        var lines = [policy.map { "refused by \($0): \(outcome)" } ?? "allowed", "  caller: \(caller)"]
        for step in steps { step.write(to: &lines, indent: 1) }
        return lines.joined(separator: "\n")
    }
}

extension AccessExplanation.Step {
    fileprivate func write(to lines: inout [String], indent: Int) {
        let space = String(repeating: "  ", count: indent)
        lines.append("\(space)\(holds ? "[yes]" : "[no] ") \(asked): \(found)")
        for part in parts { part.write(to: &lines, indent: indent + 1) }
    }

    /// The smallest parts that made it fail; those below a `not` are not what failed.
    fileprivate var failures: [AccessExplanation.Step] {
        if holds { return [] }
        let inner = parts.flatMap(\.failures)
        return inner.isEmpty || asked.hasPrefix("not ") ? [self] : inner
    }
}

extension AccessExplanation {
    /// How a caller is named in explanations.
    static func name(_ caller: Caller?) -> String {
        guard let caller else { return "nobody who is known" }
        let principal = caller.principal
        var parts = ["role \(shown(principal.role.rawValue))", "tier \(shown(principal.tier))"]
        if !principal.region.isEmpty { parts.append("region \(shown(principal.region))") }
        parts.append("by \(caller.proof)")
        return "\(shown(principal.id)) (\(parts.joined(separator: ", ")))"
    }

    /// A value from outside on one line, cut when it is long.
    static func shown(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(80) {
            shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(shown) + (text.unicodeScalars.count > 80 ? "…" : "")
    }
}
