#if os(Linux)
    internal import Testing

    @Suite("Misbehaving upstreams against every policy", .timeLimit(.minutes(5))) struct FaultTableTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var fault: Misbehaviour
            var policy: FaultPolicy
            var outcome: FaultOutcome
            var testDescription: String { "\(fault.rawValue), \(policy)" }
        }

        static let cases = FaultTable.rows.flatMap { row in
            [
                Case(fault: row.fault, policy: .none, outcome: row.none),
                Case(fault: row.fault, policy: .deadline, outcome: row.deadline),
                Case(fault: row.fault, policy: .retry, outcome: row.retry),
                Case(fault: row.fault, policy: .breaker, outcome: row.breaker),
                Case(fault: row.fault, policy: .outliers, outcome: row.outliers),
            ]
        }

        @Test("each has its outcome: answers, attempts, breaker, ejection", arguments: cases)
        func outcome(_ one: Case) async throws {
            let outcome = try await FaultRun(one.fault, one.policy).outcome()
            #expect(outcome == one.outcome)
        }

        @Test("the table is about all of them") func isWhole() {
            #expect(FaultTable.rows.map(\.fault) == Misbehaviour.allCases)
        }
    }
#endif
