internal import FlotillaConfiguration

/// The limits a file declares, and which of them hold on a route. Plain data; ``RateCounters`` counts.
struct RateRules: Sendable, Hashable {
    /// So many can be declared.
    static let rulesMax = 256

    let rules: [RateRule]

    static let none = RateRules([])

    init(_ rules: [RateRule]) { self.rules = rules }

    /// Those that hold on a route: the ones it names and the ones that hold everywhere, narrow ones first.
    ///
    /// - Parameter names: unknown ones are left out.
    func selection(_ names: [String]) -> [Int] {
        rules.indices.filter { rules[$0].isEverywhere || names.contains(rules[$0].name) }
            .sorted { (rules[$0].subject.breadth, $0) < (rules[$1].subject.breadth, $1) }
    }
}

extension RateRules {
    /// Reads the section `limits` at the top of a file.
    init(from fields: inout YAMLFields) {
        let named = fields.named("limits", "How much may be sent, by the names that routes give.") {
            RateRule(from: &$0)
        }
        if named.count > Self.rulesMax {
            fields.problem(at: "limits", "has \(named.count) entries", allowed: "at most \(Self.rulesMax)")
        }
        self.init(
            named.map { entry in
                var rule = entry.value
                rule.name = entry.name
                return rule
            })
    }

    /// Reads the key `limits` of a route: a name, or a list of them.
    func selection(from fields: inout YAMLFields) -> [Int] {
        let names = fields.oneOrMoreTexts(
            "limits", count: 0...20, bytes: 1...64, "The limits that hold here, besides those that hold everywhere.")
        let known = rules.map(\.name)
        for name in names where !known.contains(name) {
            fields.problem(
                at: "limits", value: name,
                "is no limit" + ConfigurationProblem.suggestion(for: name, among: known),
                allowed: known.isEmpty ? "a name of limits" : known.joined(separator: ", "))
        }
        return selection(names)
    }
}
