public import Testing

/// One thing a contract promises, as a test that every implementation has to pass.
///
///     @Test("SQLite keeps the contract", arguments: DatabaseContract.cases)
///     func contract(_ promise: ContractCase<DatabaseEngine>) async throws {
///         try await promise.check(.sqlite(in: TemporaryFolder()))
///     }
public struct ContractCase<Subject: Sendable>: Sendable, CustomTestStringConvertible {
    /// The promise, as a sentence.
    public let name: String
    private let body: @Sendable (Subject) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Tests one implementation; what it does not keep is recorded as an issue.
    public func check(_ subject: Subject) async throws { try await body(subject) }

    /// The promise.
    public var testDescription: String { name }
}
