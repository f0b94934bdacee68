internal import CSQLite
internal import FlotillaCore

/// One SQLite connection with its prepared statements. Used by one thread at a time, which its owner sees to.
final class Connection {
    let handle: OpaquePointer
    private let isReadOnly: Bool
    private let rewrite: (@Sendable (String) -> String)?
    private var statements: [OpaquePointer?] = []

    init(path: String, isReadOnly: Bool, options: Database.Options = Database.Options()) throws {
        guard SQLiteLibrary.start == SQLITE_OK else {
            throw StorageError(.damaged, "SQLite could not be initialised (code \(SQLiteLibrary.start))")
        }
        var handle: OpaquePointer?
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX, options.vfs)
        guard code == SQLITE_OK, let handle else {
            let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw StorageError(.damaged, "cannot open the database \(path): \(reason)")
        }
        self.handle = handle
        self.isReadOnly = isReadOnly
        rewrite = options.statements
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { close() }

    private(set) var isClosed = false

    func close() {
        guard !isClosed else { return }
        isClosed = true
        for statement in statements { sqlite3_finalize(statement) }
        statements = []
        sqlite3_close_v2(handle)
    }

    /// How many instructions of SQLite's machine pass between two looks at whether the task is cancelled: some tens of
    /// microseconds.
    private static let instructionsPerLook: Int32 = 10_000

    /// From now on a statement ends with ``StorageError/Code/interrupted`` soon after the task that runs it was
    /// cancelled. For readers: a writer's task is not its caller's.
    func endsWhenCancelled() {
        sqlite3_progress_handler(handle, Self.instructionsPerLook, { _ in Task.isCancelled ? 1 : 0 }, nil)
    }

    /// Runs statements that take no parameters and whose answers nobody reads.
    func run(_ script: String) throws {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, script) }
    }

    /// The prepared form of `sql`, reset and with no parameters bound.
    func prepared(_ sql: SQL) throws -> OpaquePointer {
        guard sql.index >= 0 else { return try prepare(sql.text, isKept: false) }
        if sql.index < statements.count, let statement = statements[sql.index] {
            precondition(
                sqlite3_stmt_busy(statement) == 0, "a statement was run while its own rows are read: \(sql.text)")
            return statement
        }
        let statement = try prepare(sql.text, isKept: true)
        while statements.count <= sql.index { statements.append(nil) }
        statements[sql.index] = statement
        return statement
    }

    /// Gives a statement back after use; its parameters are cleared with the next binding.
    func release(_ statement: OpaquePointer, of sql: SQL) {
        if sql.index >= 0 { sqlite3_reset(statement) } else { sqlite3_finalize(statement) }
    }

    private func prepare(_ text: String, isKept: Bool) throws -> OpaquePointer {
        let text = rewrite?(text) ?? text
        var statement: OpaquePointer?
        let flags = UInt32(isKept ? SQLITE_PREPARE_PERSISTENT : 0)
        let code = sqlite3_prepare_v3(handle, text, -1, flags, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code, text) }
        return statement
    }

    /// False also when SQLite took a transaction back by itself, as it does when the disk is full.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    var totalChanges: Int64 { Int64(sqlite3_total_changes64(handle)) }

    // The extended codes are macros over other macros, which Swift does not import.
    private static let constraintUnique = SQLITE_CONSTRAINT | 8 << 8
    private static let constraintPrimaryKey = SQLITE_CONSTRAINT | 6 << 8
    private static let constraintRowID = SQLITE_CONSTRAINT | 10 << 8

    func failure(_ code: Int32, _ sql: String) -> StorageError {
        let reason = String(cString: sqlite3_errmsg(handle))
        let kind: StorageError.Code =
            switch code {
            case Self.constraintUnique, Self.constraintPrimaryKey, Self.constraintRowID: .notUnique
            case _ where code & 0xFF == SQLITE_CONSTRAINT: .constraint
            case _ where code & 0xFF == SQLITE_FULL: .full
            case _ where code & 0xFF == SQLITE_INTERRUPT: .interrupted
            // Somebody reads and tries to write; elsewhere it means that the file cannot be written.
            case _ where code & 0xFF == SQLITE_READONLY && isReadOnly: .statement
            case _ where code & 0xFF == SQLITE_BUSY, _ where code & 0xFF == SQLITE_LOCKED: .busy
            case _ where code & 0xFF == SQLITE_IOERR, _ where code & 0xFF == SQLITE_CORRUPT,
                _ where code & 0xFF == SQLITE_NOTADB, _ where code & 0xFF == SQLITE_READONLY,
                _ where code & 0xFF == SQLITE_CANTOPEN:
                .damaged
            default: .statement
            }
        return StorageError(kind, "\(reason) (SQLite \(code)) in: \(sql.prefix(200))")
    }
}
