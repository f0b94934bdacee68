internal import CSimulatedDisk
public import FlotillaCore
public import FlotillaStorage

/// The disk of one simulated machine: SQLite files in memory that can be lost, torn, full and broken, by seed.
///
/// A database is put on it with ``options(_:)``; paths mean nothing outside of it. What was synced
/// survives a crash. Of what was written since, a crash keeps any subset of sectors, as a disk does
/// that orders nothing: old or new bytes for each, never a mixture.
///
/// The same seed and the same operations give the same files. Byte for byte they are the same only
/// where ``repeatLogs(seed:)`` was called first; the rows in them are in any case.
///
/// A database that was open at a crash is dead: all it does is refused. Closing it is fine, before
/// or after the disk itself has gone.
public final class SimulatedDisk: @unchecked Sendable {
    // Sendable because all state is in the C object, which has a lock around every function; the
    // pointer never changes, and is given back once, when nobody else holds this object.
    let disk: OpaquePointer
    private let random: SeededRandom

    /// What SQLite knows the disk by, as long as this object lives; the disks of a process have different names.
    public let vfsName: String

    /// An empty disk.
    ///
    /// - Parameters:
    ///   - seed: what crashes lose, and the randomness SQLite asks its disk for.
    ///   - sectorBytes: what a crash keeps or loses as one; a power of two from 512 to 65536.
    public init(seed: UInt64, sectorBytes: Int = 512) {
        precondition(SQLiteLibrary.start == 0, "SQLite could not be initialised (code \(SQLiteLibrary.start))")
        random = SeededRandom(seed: seed)
        guard let disk = simulated_disk_create(random.next(), UInt32(sectorBytes)) else {
            preconditionFailure("no disk with sectors of \(sectorBytes) bytes; use a power of two from 512 to 65536")
        }
        self.disk = disk
        vfsName = String(cString: simulated_disk_vfs_name(disk))
    }

    deinit { simulated_disk_destroy(disk) }

    /// `options` for a database on this disk.
    public func options(_ options: Database.Options = Database.Options()) -> Database.Options {
        var options = options
        options.vfs = vfsName
        return options
    }

    /// What SQL on this disk takes for the present time (`CURRENT_TIMESTAMP`); 1970 until it is set.
    public func setTime(_ time: Timestamp) { simulated_disk_set_time(disk, time.milliseconds) }

    /// Lets SQLite salt its logs the same way every time, for simulations that compare files byte for byte.
    ///
    /// The generator is one for the whole process, so it holds only while nothing else uses SQLite.
    ///
    /// - Parameter seed: 0 gives SQLite back to the host's randomness.
    public static func repeatLogs(seed: UInt32) {
        precondition(SQLiteLibrary.start == 0, "SQLite could not be initialised (code \(SQLiteLibrary.start))")
        simulated_disk_seed_sqlite(seed)
    }
}

// MARK: - Power

extension SimulatedDisk {
    /// The power fails and comes back: what was not synced is lost in part or in whole; what had files
    /// open is dead.
    ///
    /// Also brings a disk back whose power is off already.
    public func crash() { crash(seed: random.next()) }

    /// As ``crash()``, losing what `seed` says.
    public func crash(seed: UInt64) {
        let isSettled = simulated_disk_crash(disk, seed)
        precondition(isSettled, "no memory for the contents of a simulated disk after a crash")
    }

    /// The power fails in the middle of the `operations`-th write or sync from now, and stays off until
    /// ``crash()`` settles the contents. 0 takes an announced crash back.
    public func crash(afterOperations operations: Int) {
        simulated_disk_crash_after(disk, UInt64(operations))
    }

    /// The power fails now and stays off until ``crash()``: nothing can be opened, read or written.
    public func powerOff() { simulated_disk_power_off(disk) }

    /// Whether the power is off.
    public var hasCrashed: Bool { simulated_disk_has_crashed(disk) }
}
