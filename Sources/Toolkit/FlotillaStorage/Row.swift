internal import CSQLite
public import FlotillaCore

/// One row of an answer, columns counted from 0. Valid only inside the closure it is handed to.
public struct Row {
    let statement: OpaquePointer

    @usableFromInline
    init(statement: OpaquePointer) { self.statement = statement }

    /// The whole number, 0 for NULL.
    public func int(_ column: Int) -> Int { Int(sqlite3_column_int64(statement, Int32(column))) }

    /// The whole number, 0 for NULL.
    public func int64(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    /// The number, 0 for NULL.
    public func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    /// Whether the number is not 0; false for NULL.
    public func bool(_ column: Int) -> Bool { int64(column) != 0 }

    /// The text, empty for NULL.
    public func text(_ column: Int) -> String {
        guard let characters = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    }

    /// The bytes, empty for NULL.
    public func bytes(_ column: Int) -> [UInt8] {
        guard let pointer = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return [UInt8](UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// The time, stored as microseconds since 1970; 1970 for NULL.
    public func timestamp(_ column: Int) -> Timestamp { Timestamp(microseconds: int64(column)) }

    /// Whether there is no value.
    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    /// The text, nil for NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// The whole number, nil for NULL.
    public func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    /// The time, nil for NULL.
    public func optionalTimestamp(_ column: Int) -> Timestamp? { isNull(column) ? nil : timestamp(column) }
}
