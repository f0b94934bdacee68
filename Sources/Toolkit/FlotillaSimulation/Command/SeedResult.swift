internal import FlotillaCore

/// What one seed came to, as a line that a child process writes and its parent reads.
struct SeedResult: Sendable {
    var seed: UInt64
    var virtualSeconds: Double
    var processorSeconds: Double
    var units: Int
    var checks: Int
    var jobs: UInt64
    var foreignJobs: UInt64
    var faults: [FaultKind: Int]
    var refusals: [String: Int]
    var digest: String
    /// Nil: everything held.
    var violation: String?

    init(_ report: SimulationReport) {
        seed = report.seed
        virtualSeconds = Double(report.virtualTime.milliseconds) / 1_000
        processorSeconds = report.processorTime.inSeconds
        units = report.units
        checks = report.checks
        jobs = report.jobs
        foreignJobs = report.foreignJobs
        faults = report.faults
        refusals = report.refusals
        digest = report.digest
        violation = report.violation?.description
    }

    private static let mark = "seed-result"

    /// Fields between tabs, in the order of the properties.
    var line: String {
        let kinds = faults.sorted { $0.key < $1.key }.map { "\($0.key.rawValue)=\($0.value)" }
        let refused = refusals.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let text = (violation ?? "").map { $0 == "\n" || $0 == "\t" ? " " : $0 }
        return [
            Self.mark, String(seed), String(virtualSeconds), String(processorSeconds), String(units), String(checks),
            String(jobs), String(foreignJobs), kinds.joined(separator: ","), digest, String(text),
            refused.joined(separator: ","),
        ].joined(separator: "\t")
    }

    init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 12, fields[0] == Self.mark, let seed = UInt64(fields[1]),
            let virtualSeconds = Double(fields[2]), let processorSeconds = Double(fields[3]),
            let units = Int(fields[4]), let checks = Int(fields[5]), let jobs = UInt64(fields[6]),
            let foreignJobs = UInt64(fields[7])
        else { return nil }
        self.seed = seed
        self.virtualSeconds = virtualSeconds
        self.processorSeconds = processorSeconds
        self.units = units
        self.checks = checks
        self.jobs = jobs
        self.foreignJobs = foreignJobs
        faults = [:]
        for pair in fields[8].split(separator: ",") {
            let parts = pair.split(separator: "=")
            guard parts.count == 2, let kind = FaultKind(rawValue: String(parts[0])), let count = Int(parts[1]) else {
                return nil
            }
            faults[kind] = count
        }
        refusals = [:]
        for pair in fields[11].split(separator: ",") {
            let parts = pair.split(separator: "=")
            guard parts.count == 2, let count = Int(parts[1]) else { return nil }
            refusals[String(parts[0])] = count
        }
        digest = String(fields[9])
        violation = fields[10].isEmpty ? nil : String(fields[10])
    }
}
