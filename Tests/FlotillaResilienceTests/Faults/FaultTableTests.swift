internal import Testing

@Suite("A dependency that misbehaves, under every policy") struct FaultTableTests {
    @Test("the table has a row for every misbehaviour under every policy")
    func complete() {
        let wanted = FaultSetting.allCases.flatMap { setting in
            BadDependency.Kind.allCases.map { "\(setting) \($0)" }
        }
        #expect(FaultTable.rows.map { "\($0.setting) \($0.dependency)" } == wanted)
    }

    @Test("answers, attempts, times, breaker, budget and events", arguments: FaultTable.rows)
    func row(_ row: FaultTable.Row) throws {
        let actual = try FaultPlay(dependency: row.dependency, setting: row.setting).columns()
        #expect(actual == row.columns)
    }
}
