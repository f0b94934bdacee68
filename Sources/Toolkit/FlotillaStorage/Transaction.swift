internal import CSQLite
internal import FlotillaCore

/// What a closure may do to the database while it runs. Never kept beyond the closure.
///
/// Synchronous on purpose: nobody can await a remote call in the middle of a transaction. Inside
/// `Database.write` a closure may run twice before its commit (once in the shared group, once more
/// alone behind a savepoint), so it must touch nothing but the transaction.
public final class Transaction {
    let connection: Connection
    /// Why the engine took the whole transaction back by itself; nothing of it can be kept, whatever follows.
    private(set) var loss: StorageError?

    /// Whether statements that write are refused, as a connection that cannot write would.
    private let isReadOnly: Bool

    init(_ connection: Connection, isReadOnly: Bool = false) {
        self.connection = connection
        self.isReadOnly = isReadOnly
    }

    /// Runs a statement.
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    public func execute<each Value: SQLBindable>(_ sql: SQL, _ values: repeat each Value) throws -> Int {
        let statement = try prepared(sql)
        defer { connection.release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: continue
            case SQLITE_DONE: return Int(sqlite3_changes(connection.handle))
            case let code: throw failure(code, sql)
            }
        }
    }

    /// Runs a statement and reads all its rows.
    public func query<each Value: SQLBindable, Result>(
        _ sql: SQL, _ values: repeat each Value, row read: (Row) throws -> Result
    ) throws -> [Result] {
        let statement = try prepared(sql)
        defer { connection.release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        var results: [Result] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: results.append(try read(Row(statement: statement)))
            case SQLITE_DONE: return results
            case let code: throw failure(code, sql)
            }
        }
    }

    /// Runs a statement and reads its first row.
    ///
    /// - Returns: nil when there is none.
    public func first<each Value: SQLBindable, Result>(
        _ sql: SQL, _ values: repeat each Value, row read: (Row) throws -> Result
    ) throws -> Result? {
        let statement = try prepared(sql)
        defer { connection.release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return try read(Row(statement: statement))
        case SQLITE_DONE: return nil
        case let code: throw failure(code, sql)
        }
    }

    /// Whether a statement gives at least one row.
    public func exists<each Value: SQLBindable>(_ sql: SQL, _ values: repeat each Value) throws -> Bool {
        let statement = try prepared(sql)
        defer { connection.release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code, sql)
        }
    }

    /// The identity given to the row inserted last.
    public var lastInsertedID: Int64 { sqlite3_last_insert_rowid(connection.handle) }

    private func prepared(_ sql: SQL) throws -> OpaquePointer {
        // What would run now would run outside of any transaction, and be kept.
        if let loss { throw loss }
        let statement = try connection.prepared(sql)
        // A pragma counts as one that writes even where it only asks; none in the code changes what is stored.
        guard !isReadOnly || sqlite3_stmt_readonly(statement) != 0 || sql.text.hasPrefix("PRAGMA") else {
            connection.release(statement, of: sql)
            throw StorageError(.statement, "a read tried to write: \(sql.text.prefix(200))")
        }
        return statement
    }

    private func failure(_ code: Int32, _ sql: SQL) -> StorageError {
        let error = connection.failure(code, sql.text)
        if !connection.isInTransaction { loss = error }
        return error
    }

    /// Binds one value. The pack is expanded by whoever was given it: handed on as a pack, or gone through by `for`, it
    /// becomes a tuple whose metadata is looked up at every call, which takes longer than to bind a value.
    private func bind<Value: SQLBindable>(
        _ value: borrowing Value, to statement: OpaquePointer, after index: inout Int32
    ) {
        index += 1
        value.bind(to: SQLParameter(statement: statement, index: index))
    }
}
