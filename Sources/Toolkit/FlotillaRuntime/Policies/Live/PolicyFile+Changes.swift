internal import FlotillaConfiguration

extension PolicyFile {
    /// As many changes as are listed; of more there is only their number.
    private static let changesMax = 200

    /// What holds otherwise than by another file, a line for each value: `gateway → users: timeout 1s → 2s`.
    ///
    /// - Parameter fleet: what both are for.
    public func changes(since before: PolicyFile, for fleet: FleetShape) -> [String] {
        let old = Dictionary(
            PolicyAnswer.all(in: before, for: fleet).map { ($0.title, $0) }, uniquingKeysWith: { first, _ in first })
        var lines: [String] = []
        for answer in PolicyAnswer.all(in: self, for: fleet) {
            guard let was = old[answer.title] else { continue }
            if was.policyName != answer.policyName {
                lines.append("\(answer.title): policy \(was.policyName) → \(answer.policyName)")
            }
            lines += Self.changes(from: was.values, to: answer.values).map { "\(answer.title): \($0)" }
        }
        if before.bounds != bounds {
            lines.append(
                "plan: attemptsMax \(before.bounds.attemptsMax) → \(bounds.attemptsMax), loadMax "
                    + "\(before.bounds.loadMax.short) → \(bounds.loadMax.short)")
        }
        guard lines.count > Self.changesMax else { return lines }
        return lines.prefix(Self.changesMax) + ["and \(lines.count - Self.changesMax) more"]
    }

    private static func changes(from old: [Value], to new: [Value]) -> [String] {
        let before = Dictionary(old.map { ($0.key, $0.text) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.map(\.key))
        let changed = new.compactMap { value -> String? in
            guard let was = before[value.key] else { return "\(value.key) \(value.text), new" }
            return was == value.text ? nil : "\(value.key) \(was) → \(value.text)"
        }
        return changed + old.filter { !after.contains($0.key) }.map { "\($0.key) \($0.text), gone" }
    }
}
