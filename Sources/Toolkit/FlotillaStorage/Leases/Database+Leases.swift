/// Several users of one database, and work under leases.
extension Database {
    /// The lease of the work that the present task belongs to. Only databases that were opened with
    /// ``init(sharing:name:claim:)`` look at it.
    @TaskLocal static var lease: Lease?

    /// Does work under a lease: every write of `body` and of the tasks below it, to this database, is committed only
    /// if the lease is still the present one then. Nobody has to remember to ask.
    ///
    /// - Throws: what `body` throws, ``LeaseLost`` among it. Work on a database of its own
    ///   (``init(path:migrations:world:options:)``) is not guarded: nobody else can do it.
    public func working<Value>(
        under lease: Lease, _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await Self.$lease.withValue(lease) { try await body() }
    }

    /// Whether others use it beside this one.
    public var isShared: Bool { session != nil }

    /// What marks rows as this user's; 0 for a database nobody shares.
    public var claim: Int64 { session?.claim ?? 0 }
}
