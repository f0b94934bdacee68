internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// Ten thousand callers of one dependency that is dead for a while and then comes back.
///
/// Each caller calls, waits for about 20 s, and calls again, whatever came of it: 500 calls a second, to a dependency
/// that can serve 650. The callers share one guard, as all tasks of a process do.
struct Outage: Sendable {
    static let callers = 10_000
    static let pause = Duration.seconds(20)
    static let perSecond = 650
    /// When it dies, in seconds since the start.
    static let dies = 30
    /// How long the play goes on after it came back, in seconds.
    static let after = 30

    var policy: CallPolicy
    var death: LimitedDependency.Death
    /// How long it is dead, in seconds.
    var lasts: Int

    var comesBack: Int { Self.dies + lasts }
    private var ends: Int { comesBack + Self.after }

    /// What was counted in each second.
    struct Tape: Sendable {
        /// Calls that ended in an answer, and those that ended in an error, by the second of their end.
        var answered: [Int]
        var failed: [Int]
        /// Calls that began, by the second of their beginning.
        var began: [Int]
        /// Attempts that the dependency saw.
        var attempts: [Int]
        /// Attempts that were repetitions.
        var retries: [Int]
        /// How often the breaker had opened when the dependency came back, and at the end.
        var openings: (atReturn: Int, atEnd: Int)
    }

    func play() throws -> Tape {
        try VirtualRun.of(limit: .seconds(2 * ends)) { world in try await play(world) }
    }

    private func play(_ world: World) async throws -> Tape {
        let callee = LimitedDependency(perSecond: Self.perSecond, time: world.time)
        let subject = CallGuard(target: "callers → callee", policy: policy, world: world)
        let tally = SecondsTally(ends, world.time)
        let openings = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.callers { group.addTask { try await call(subject, callee, tally, world) } }
            try await world.time.sleep(for: .seconds(Self.dies))
            callee.die(death)
            try await world.time.sleep(for: .seconds(lasts))
            callee.comeBack()
            let openings = subject.snapshot().breaker?.openings ?? 0
            try await world.time.sleep(for: .seconds(Self.after))
            group.cancelAll()
            // Each caller ends with its cancellation.
            while await group.nextResult() != nil {}
            return openings
        }
        return Tape(
            answered: tally[.answered], failed: tally[.failed], began: tally[.began], attempts: tally[.attempted],
            retries: tally[.retried], openings: (openings, subject.snapshot().breaker?.openings ?? 0))
    }

    private func call(
        _ subject: CallGuard, _ callee: LimitedDependency, _ tally: SecondsTally, _ world: World
    ) async throws {
        // Nobody begins at the same time as everybody.
        try await world.time.sleep(for: Self.pause * world.random.unit())
        let trace = TraceContext.root(world.random)
        while true {
            tally.add(.began)
            let deadline = Deadline(in: .seconds(30), on: world.time)
            let attempts = Counter()
            do {
                try await subject.run(CallContext(trace: trace, correlationID: "outage", deadline: deadline)) { _ in
                    tally.add(.attempted)
                    if attempts.next() > 1 { tally.add(.retried) }
                    try await callee.serve()
                }
                tally.add(.answered)
            } catch {
                try Task.checkCancellation()
                tally.add(.failed)
            }
            try await world.time.sleep(for: Self.pause * (0.75 + 0.5 * world.random.unit()))
        }
    }
}

/// Counts what happens in each second of a play; what happens after its end is not counted.
final class SecondsTally: Sendable {
    enum What: Int, CaseIterable, Sendable { case began, attempted, retried, answered, failed }

    private let time: any TimeSource
    private let counts: Mutex<[[Int]]>

    init(_ seconds: Int, _ time: any TimeSource) {
        self.time = time
        counts = Mutex(What.allCases.map { _ in Array(repeating: 0, count: seconds) })
    }

    subscript(_ what: What) -> [Int] { counts.withLock { $0[what.rawValue] } }

    func add(_ what: What) {
        let second = Int(time.uptime.components.seconds)
        counts.withLock { if second < $0[what.rawValue].count { $0[what.rawValue][second] += 1 } }
    }
}

private final class Counter: Sendable {
    private let value = Atomic(0)
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
