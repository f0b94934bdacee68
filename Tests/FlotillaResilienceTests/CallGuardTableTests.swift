internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

/// What happens to a call whose callee answers every attempt with one kind of error, under each policy.
struct GuardCase: Sendable, CustomTestStringConvertible {
    var kind: ErrorKind
    var setting: Setting
    /// Attempts the callee sees.
    var attempts: Int
    /// Failures the breaker counts.
    var counted: Int

    var testDescription: String { "\(kind) under \(setting)" }

    enum Setting: String, CaseIterable, Sendable {
        /// No retry, no breaker.
        case bare
        /// Three attempts, no breaker.
        case retrying
        /// One attempt, breaker of five.
        case breaking
        /// Three attempts, breaker of five.
        case both
        /// As `both`, for a call that must not be made twice.
        case once
        /// Three attempts, breaker of two: it opens on the way.
        case nervous
        /// As `both`, with a deadline that leaves time for one retry.
        case hurried
        /// As `both`, with nothing in the retry budget.
        case broke
    }

    init(_ kind: ErrorKind, _ setting: Setting, _ attempts: Int, _ counted: Int) {
        self.kind = kind
        self.setting = setting
        self.attempts = attempts
        self.counted = counted
    }

    /// Columns: bare, retrying, breaking, both, once, nervous, hurried, broke; each (attempts, counted).
    private static let table: [(ErrorKind, [(Int, Int)])] = [
        (.malformed, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.invalid, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.unauthenticated, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.denied, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.notFound, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.conflict, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.tooLarge, [(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]),
        (.limited, [(1, 0), (3, 0), (1, 0), (3, 0), (1, 0), (3, 0), (2, 0), (1, 0)]),
        (.unavailable, [(1, 0), (3, 0), (1, 1), (3, 3), (1, 1), (2, 2), (2, 2), (1, 1)]),
        (.timeout, [(1, 0), (3, 0), (1, 1), (3, 3), (1, 1), (2, 2), (2, 2), (1, 1)]),
        (.internal, [(1, 0), (1, 0), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]),
    ]

    static let all: [GuardCase] = table.flatMap { kind, row in
        zip(Setting.allCases, row).map { GuardCase(kind, $0, $1.0, $1.1) }
    }

    var policy: CallPolicy {
        var retry = RetryPolicy(backoff: Backoff(jitter: .none))
        if setting == .broke { retry.budget = RetryBudget.Policy(share: 0.001, minimumPerSecond: 0, savedMax: 1) }
        let breaker = BreakerPolicy(trip: .consecutive(failures: setting == .nervous ? 2 : 5))
        return CallPolicy(
            name: setting.rawValue,
            retry: setting == .bare || setting == .breaking ? nil : retry,
            breaker: setting == .bare || setting == .retrying ? nil : breaker)
    }
}

@Suite("Call guard, every kind of failure under every policy") struct CallGuardTableTests {
    @Test("the table covers every kind and every policy")
    func complete() {
        #expect(GuardCase.all.count == ErrorKind.allCases.count * GuardCase.Setting.allCases.count)
        #expect(Set(GuardCase.all.map { "\($0.kind) \($0.setting)" }).count == GuardCase.all.count)
    }

    @Test("attempts made and failures counted", arguments: GuardCase.all)
    func outcome(_ row: GuardCase) throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "orders → catalog", policy: row.policy, world: world)
            if row.setting == .broke { try await self.spendBudget(subject, world) }
            let made = Record<Duration>()
            let context = CallContext.test(
                world, within: row.setting == .hurried ? .milliseconds(1200) : .seconds(60))
            let before = subject.snapshot()
            let error = await #expect(throws: ServiceError.self) {
                try await subject.run(context, isIdempotent: row.setting != .once) { _ in
                    made.add(world.time.uptime)
                    throw ServiceError.of(row.kind)
                }
            }
            #expect(error?.slug == "made-\(row.kind.rawValue)", "the callee's own error comes through")
            #expect(made.entries.count == row.attempts)
            let after = subject.snapshot()
            #expect(after.attempts - before.attempts == row.attempts)
            if let breaker = after.breaker {
                let opened = row.setting == .nervous && row.counted == 2
                #expect(breaker.state == (opened ? .open : .closed))
                #expect(breaker.consecutiveFailures == row.counted)
            } else {
                #expect(row.counted == 0)
            }
        }
    }

    /// A budget starts with one retry; this takes it.
    private func spendBudget(_ subject: CallGuard, _ world: World) async throws {
        let first = Record<Bool>()
        try await subject.run(.test(world)) { _ in
            defer { first.add(true) }
            if first.entries.isEmpty { throw ServiceError.of(.unavailable) }
        }
        #expect(subject.snapshot().retriesSaved == 0)
    }
}
