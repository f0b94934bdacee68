internal import FlotillaTesting
internal import Testing

@Suite("SQLite keeps the database contract") struct SQLiteContractTests {
    @Test("promise", arguments: DatabaseContract.cases)
    func contract(_ promise: ContractCase<DatabaseEngine>) async throws {
        try await promise.check(.sqlite(in: TemporaryFolder()))
    }
}
