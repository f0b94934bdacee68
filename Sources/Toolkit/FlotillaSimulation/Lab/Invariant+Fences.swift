extension Invariant {
    /// A process that has died does nothing more: whatever has opened its files before is shut out of the disk, and
    /// what it was asked before is never answered. Holds in every scenario.
    ///
    /// What an old incarnation would do need not be wrong in itself, it is mostly what a living one does. So it is not
    /// looked for in the data but where it would leave the machine: each write is of the time in which its file was
    /// opened, each answer of the process that was asked.
    static let deadProcessesRest = Invariant("a process that has died does nothing more", .always) { lab in
        for service in lab.services {
            let writes = lab.machines[service]?.disk.statistics.lateWrites ?? 0
            if writes > 0 { return "\(service) wrote \(writes) times through what it had opened before its crash" }
        }
        return lab.network.lateAnswers.min { $0.key < $1.key }.map { service, count in
            "\(service) gave \(count) answers to what it had been asked before its crash"
        }
    }
}
