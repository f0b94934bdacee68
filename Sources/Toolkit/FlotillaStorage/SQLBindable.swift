internal import CSQLite
public import FlotillaCore

/// A value that can be a parameter of a statement.
public protocol SQLBindable {
    func bind(to parameter: SQLParameter)
}

/// The place in a prepared statement that a value is bound to. Valid during `bind` only.
public struct SQLParameter {
    let statement: OpaquePointer
    let index: Int32

    @usableFromInline
    init(statement: OpaquePointer, index: Int32) {
        self.statement = statement
        self.index = index
    }

    /// Binds a whole number.
    public func set(_ value: Int64) { sqlite3_bind_int64(statement, index, value) }

    /// Binds a number.
    public func set(_ value: Double) { sqlite3_bind_double(statement, index, value) }

    /// Binds text; the empty text is not NULL.
    public func set(_ value: String) {
        var value = value
        value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer may have no base address; SQLite would bind NULL for it.
                _ = flotilla_bind_text(statement, index, characters.baseAddress ?? Self.empty, Int32(characters.count))
            }
        }
    }

    /// Binds bytes.
    public func set(_ value: [UInt8]) {
        value.withUnsafeBytes { bytes in
            _ = flotilla_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count))
        }
    }

    /// Binds the absence of a value.
    public func setNull() { sqlite3_bind_null(statement, index) }

    // Safe to share: written once, before anybody can see it, and never freed.
    nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        pointer.initialize(to: 0)
        return UnsafePointer(pointer)
    }()
}

extension Int: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(Int64(self)) }
}

extension Int64: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(self) }
}

extension Bool: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(self ? 1 as Int64 : 0) }
}

extension Double: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(self) }
}

extension String: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(self) }
}

extension [UInt8]: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(self) }
}

extension Timestamp: SQLBindable {
    /// Stored as microseconds since 1970.
    @inlinable
    public func bind(to parameter: SQLParameter) { parameter.set(microseconds) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    @inlinable
    public func bind(to parameter: SQLParameter) {
        switch self {
        case .some(let value): value.bind(to: parameter)
        case .none: parameter.setNull()
        }
    }
}
