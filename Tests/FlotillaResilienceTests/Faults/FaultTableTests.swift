internal import FlotillaResilience
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

    /// Only a call that runs as a child task is hedged; with a fallback there is no other form.
    private static let cooperative = FaultTable.rows.filter {
        !$0.setting.hasFallback && $0.setting.policy.hedge == nil
    }

    @Test("calls that end in time by themselves come to the same", arguments: cooperative)
    func cooperativeRow(_ row: FaultTable.Row) throws {
        let play = FaultPlay(dependency: row.dependency, setting: row.setting, isCooperative: true)
        #expect(try play.columns() == row.columns)
    }
}
