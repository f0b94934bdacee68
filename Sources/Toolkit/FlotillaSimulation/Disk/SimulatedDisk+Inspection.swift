internal import CSimulatedDisk
internal import FlotillaCore
internal import Foundation

/// Looking at a disk from the outside; none of it counts as an operation of the machine.
extension SimulatedDisk {
    /// What was done since the disk was made.
    public struct Statistics: Sendable, Hashable {
        /// Operations, with those that failed.
        public var reads, writes, syncs: Int
        /// Bytes that were written, not counting writes that failed.
        public var bytesWritten: Int
        /// Faults that were given, by kind.
        public var readErrors, writeErrors, syncErrors, fullErrors, ignoredSyncs: Int
        /// What was refused because the power was off or the caller was of before a crash.
        public var deadOperations: Int
        /// How often the power failed and came back.
        public var crashes: Int
        /// Unsynced sectors that crashes left as written, and those they lost.
        public var sectorsKept, sectorsLost: Int
        /// Writes and syncs that took effect although the caller was of before a crash: none, or a defect.
        public var lateWrites: Int
    }

    /// What was done since the disk was made.
    public var statistics: Statistics {
        let counts = simulated_disk_get_statistics(disk)
        return Statistics(
            reads: Int(counts.reads), writes: Int(counts.writes), syncs: Int(counts.syncs),
            bytesWritten: Int(counts.bytes_written), readErrors: Int(counts.read_errors),
            writeErrors: Int(counts.write_errors), syncErrors: Int(counts.sync_errors),
            fullErrors: Int(counts.full_errors), ignoredSyncs: Int(counts.ignored_syncs),
            deadOperations: Int(counts.dead_operations), crashes: Int(counts.crashes),
            sectorsKept: Int(counts.sectors_kept), sectorsLost: Int(counts.sectors_lost),
            lateWrites: Int(counts.late_writes))
    }

    /// Bytes of all files together.
    public var bytesUsed: Int { Int(simulated_disk_bytes_used(disk)) }

    /// The files there are, in the order of their creation.
    public var paths: [String] {
        (0..<simulated_disk_file_count(disk)).compactMap { index in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2_048) { buffer in
                let length = simulated_disk_path(disk, index, buffer.baseAddress, buffer.count)
                guard length >= 0 else { return nil }
                return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    /// The bytes of a file as reads see them; nil when there is no such file.
    public func contents(of path: String) -> [UInt8]? {
        let size = simulated_disk_contents(disk, path, nil, 0)
        guard size >= 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            // The file may have become shorter between the two calls; it is read as far as both say.
            let now = simulated_disk_contents(disk, path, buffer.baseAddress, buffer.count)
            count = max(0, min(Int(now), buffer.count))
        }
    }

    /// A number that two files with the same bytes share, and others hardly; nil when there is no such file.
    public func contentHash(of path: String) -> UInt64? {
        let hash = simulated_disk_content_hash(disk, path)
        return hash == 0 ? nil : hash
    }

    /// Copies a file to the host, so that the database of a failing run can be looked at.
    ///
    /// - Throws: ``ServiceError`` when there is no such file, or the host does not take it.
    public func export(path: String, to hostPath: String) throws {
        guard simulated_disk_export(disk, path, hostPath) else {
            throw ServiceError(
                .internal, "simulated-disk-export",
                "cannot copy \(path) to \(hostPath): there is no such file, or the host refuses to write it")
        }
    }

    /// Copies all files to a folder of the host, under their paths, making folders as needed.
    ///
    /// - Throws: when the host does not take them.
    public func export(to folder: String) throws {
        for path in paths {
            let target = folder + (path.hasPrefix("/") ? "" : "/") + path
            let parent = target.prefix(upTo: target.lastIndex(of: "/") ?? target.startIndex)
            try FileManager.default.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
            try export(path: path, to: target)
        }
    }
}
