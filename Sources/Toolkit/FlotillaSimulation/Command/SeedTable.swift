/// What many seeds came to, as a table for people.
struct SeedTable: Sendable {
    let unit: String
    let command: String
    private(set) var results: [SeedResult] = []

    init(unit: String, command: String) {
        self.unit = unit
        self.command = command
    }

    mutating func add(_ result: SeedResult) { results.append(result) }

    var failures: [SeedResult] { results.filter { $0.violation != nil }.sorted { $0.seed < $1.seed } }

    /// - Parameter elapsed: seconds from start to end, of all processes together.
    func text(elapsed: Double) -> String {
        let units = results.map(\.units).reduce(0, +)
        let busy = results.map(\.processorSeconds).reduce(0, +)
        var rows: [(String, String)] = [
            ("seeds", String(results.count)),
            ("virtual hours", decimal(results.map(\.virtualSeconds).reduce(0, +) / 3_600)),
            (unit, String(units)),
            ("invariant checks", String(results.map(\.checks).reduce(0, +))),
            ("scheduler steps", String(results.map(\.jobs).reduce(0, +))),
            ("\(unit) per CPU second", busy > 0 ? decimal(Double(units) / busy) : "-"),
            ("seconds", decimal(elapsed)),
        ]
        var faults: [FaultKind: Int] = [:]
        for result in results { faults.merge(result.faults, uniquingKeysWith: +) }
        rows.append(("faults", String(faults.values.reduce(0, +))))
        for (kind, count) in faults.sorted(by: { $0.key < $1.key }) {
            rows.append(("  \(kind.rawValue)", String(count)))
        }
        var refusals: [String: Int] = [:]
        for result in results { refusals.merge(result.refusals, uniquingKeysWith: +) }
        rows.append(("refused or given up by policies", String(refusals.values.reduce(0, +))))
        for (name, count) in refusals.sorted(by: { $0.key < $1.key }) { rows.append(("  \(name)", String(count))) }
        let foreign = results.map(\.foreignJobs).reduce(0, +)
        if foreign > 0 { rows.append(("steps from other threads (a defect)", String(foreign))) }
        rows.append(("failures", String(failures.count)))
        let width = rows.map(\.0.count).max() ?? 0
        var text = rows.map { name, value in
            "  " + name + String(repeating: " ", count: width - name.count + 2)
                + String(repeating: " ", count: max(0, 12 - value.count)) + value
        }.joined(separator: "\n")
        text += "\n"
        for failure in failures.prefix(20) {
            text += "\nseed \(failure.seed): \(failure.violation ?? "")\n  again: \(command) --seed \(failure.seed)\n"
        }
        return text
    }

    private func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
