internal import FlotillaCore
internal import Foundation

/// What a run came to.
public struct SimulationReport: Sendable {
    public let seed: UInt64
    public let virtualTime: Duration
    /// Processor time of the one thread that ran it.
    public let processorTime: Duration
    /// How many of what the scenario counts were begun.
    public let units: Int
    public let faults: [FaultKind: Int]
    /// Invariant checks.
    public let checks: Int
    /// Steps of the scheduler.
    public let jobs: UInt64
    /// Steps that came from other threads: zero, or the run may not repeat itself.
    public let foreignJobs: UInt64
    /// How often a policy did not let something through, by policy and part of it: `standard/breaker`.
    public let refusals: [String: Int]
    /// SHA-256 of the trace.
    public let digest: String
    /// What was broken; nil: everything held.
    public let violation: Violation?
    /// The world as it was at the end.
    public let lab: Lab
}

extension Lab {
    /// Writes every database as it is now to `folder`, which is made, as `SERVICE-FILE`: for a look at what went wrong.
    public func keepDatabases(in folder: String) {
        for service in services {
            do {
                guard let disk = machines[service]?.disk else { continue }
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for path in disk.paths {
                    let name = path.split(separator: "/").last.map(String.init) ?? path
                    try disk.export(path: path, to: "\(folder)/\(service)-\(name)")
                }
            } catch {
                trace.note(service, "its disk could not be kept: \(error)")
            }
        }
    }
}
