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
    @inlinable
    public func execute<each Value: SQLBindable>(_ sql: SQL, _ values: repeat each Value) throws -> Int {
        let statement = try prepared(sql)
        defer { release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        while try step(statement, sql) {}
        return changes
    }

    /// Runs a statement and reads all its rows.
    @inlinable
    public func query<each Value: SQLBindable, Result>(
        _ sql: SQL, _ values: repeat each Value, row read: (Row) throws -> Result
    ) throws -> [Result] {
        let statement = try prepared(sql)
        defer { release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        var results: [Result] = []
        while try step(statement, sql) { results.append(try read(Row(statement: statement))) }
        return results
    }

    /// Runs a statement and reads its first row.
    ///
    /// - Returns: nil when there is none.
    @inlinable
    public func first<each Value: SQLBindable, Result>(
        _ sql: SQL, _ values: repeat each Value, row read: (Row) throws -> Result
    ) throws -> Result? {
        let statement = try prepared(sql)
        defer { release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        return try step(statement, sql) ? try read(Row(statement: statement)) : nil
    }

    /// Whether a statement gives at least one row.
    @inlinable
    public func exists<each Value: SQLBindable>(_ sql: SQL, _ values: repeat each Value) throws -> Bool {
        let statement = try prepared(sql)
        defer { release(statement, of: sql) }
        var index: Int32 = 0
        repeat bind(each values, to: statement, after: &index)
        return try step(statement, sql)
    }

    /// The identity given to the row inserted last.
    public var lastInsertedID: Int64 { sqlite3_last_insert_rowid(connection.handle) }

    // What follows is not generic, so that what is made for each kind of values is little. It is inlined where the
    // values are known: their types are looked up at every call otherwise.

    @usableFromInline
    func prepared(_ sql: SQL) throws -> OpaquePointer {
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

    @usableFromInline
    func release(_ statement: OpaquePointer, of sql: SQL) { connection.release(statement, of: sql) }

    /// - Returns: whether there is a row; false when the statement is done.
    @usableFromInline
    func step(_ statement: OpaquePointer, _ sql: SQL) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code, sql)
        }
    }

    /// Rows the last statement inserted, changed or deleted.
    @usableFromInline
    var changes: Int { Int(sqlite3_changes(connection.handle)) }

    private func failure(_ code: Int32, _ sql: SQL) -> StorageError {
        let error = connection.failure(code, sql.text)
        // Reads on the writer's connection have no transaction that could be lost.
        if !isReadOnly, !connection.isInTransaction { loss = error }
        return error
    }

    /// Binds one value. The pack is expanded by whoever was given it: handed on as a pack, or gone through by `for`, it
    /// becomes a tuple whose metadata is looked up at every call, which takes longer than to bind a value.
    @inlinable
    func bind<Value: SQLBindable>(
        _ value: borrowing Value, to statement: OpaquePointer, after index: inout Int32
    ) {
        index += 1
        value.bind(to: SQLParameter(statement: statement, index: index))
    }
}
