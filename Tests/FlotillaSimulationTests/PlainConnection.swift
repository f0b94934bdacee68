internal import CSQLite
internal import FlotillaSimulation
internal import Testing

/// An SQLite connection without anything around it, for tests that need several at once, in order.
final class PlainConnection {
    private var handle: OpaquePointer?

    init(_ disk: SimulatedDisk, path: String = "/plain.sqlite", isReadOnly: Bool = false) throws {
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, access, disk.vfsName)
        sqlite3_extended_result_codes(handle, 1)
        if code != SQLITE_OK { throw Refusal(code: code) }
    }

    deinit { close() }

    struct Refusal: Error {
        let code: Int32
        /// What kind of error it is, without the details SQLite adds to it.
        var kind: Int32 { code & 0xFF }
    }

    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    func run(_ script: String) throws {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        if code != SQLITE_OK { throw Refusal(code: code) }
    }

    /// What the first column of the first row is.
    func text(_ sql: String) throws -> String {
        var statement: OpaquePointer?
        let prepared = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        if prepared != SQLITE_OK { throw Refusal(code: prepared) }
        defer { sqlite3_finalize(statement) }
        let code = sqlite3_step(statement)
        if code != SQLITE_ROW { throw Refusal(code: code) }
        return sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? ""
    }
}
