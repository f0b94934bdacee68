internal import CSQLite

/// The SQLite library of this process, set up once.
package enum SQLiteLibrary {
    /// SQLite's answer to being initialised; 0 when it can be used.
    ///
    /// Settings of the process must be made before SQLite is used in any way, so whoever uses it beside
    /// a ``Database`` (to register a VFS, for one) reads this first.
    package static let start: Int32 = flotilla_sqlite_start()
}
