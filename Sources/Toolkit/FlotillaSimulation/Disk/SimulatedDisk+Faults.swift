internal import CSimulatedDisk

extension SimulatedDisk {
    /// What can be made to fail.
    public enum Operation: Sendable, Hashable, CaseIterable {
        case read
        /// Writing, cutting off and deleting.
        case write
        case sync

        fileprivate var flag: UInt32 {
            switch self {
            case .read: UInt32(SIMULATED_DISK_READ)
            case .write: UInt32(SIMULATED_DISK_WRITE)
            case .sync: UInt32(SIMULATED_DISK_SYNC)
            }
        }
    }

    /// The next `times` operations on files whose paths have this ending fail (`SQLITE_IOERR`).
    ///
    /// A failed write wrote nothing; what a failed sync was to make durable is as it was, and a later
    /// sync may succeed with it. A rule takes the place of an earlier one for the same operation and
    /// ending; at most 16 hold at a time, of endings up to 255 bytes.
    ///
    /// - Parameters:
    ///   - ending: "" for all files; `-wal` for the logs.
    ///   - times: nil: all of them, until ``clearFaults()``.
    public func fail(_ operation: Operation, filesEndingWith ending: String = "", times: Int? = nil) {
        precondition(times.map { $0 > 0 } ?? true, "an operation fails at least once; nil is for always")
        let isTaken = simulated_disk_fail(disk, operation.flag, ending, UInt64(times ?? 0))
        precondition(isTaken, "a disk takes 16 rules for faults at a time, of endings up to 255 bytes")
    }

    /// Files may have `bytes` together from now on; a write that needs more is refused (`SQLITE_FULL`).
    ///
    /// - Parameter bytes: nil for no limit. A disk that is beyond its limit keeps what it has.
    public func limit(bytes: Int?) { simulated_disk_limit(disk, bytes.map { UInt64($0) } ?? .max) }

    /// Takes back what ``fail(_:filesEndingWith:times:)``, ``limit(bytes:)`` and ``crash(afterOperations:)``
    /// announced.
    public func clearFaults() { simulated_disk_clear_faults(disk) }

    /// Whether the disk lies: it says that data is durable when it is not.
    public var ignoresSyncs: Bool {
        get { simulated_disk_ignores_syncs(disk) }
        set { simulated_disk_ignore_syncs(disk, newValue) }
    }

    /// Whether crashes take nothing, and who had files open goes on with them beside those who open them anew. For
    /// simulations that break this on purpose; to be set before the first file is opened.
    public var isUnfenced: Bool {
        get { simulated_disk_is_unfenced(disk) }
        set { simulated_disk_unfence(disk, newValue) }
    }
}
