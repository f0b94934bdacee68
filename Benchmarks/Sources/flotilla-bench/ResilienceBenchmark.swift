import CAllocations
import FlotillaCore
import FlotillaResilience
import Foundation

/// What a guard adds to a call that succeeds at once: time, and allocations, beside the same call without one.
///
/// Each round measures the bare call and the guarded ones right after one another; a figure is the median over the
/// rounds of the difference, so that what else the machine does in the meantime falls on both. Time is processor time:
/// nothing waits here, so on a machine with nothing else to do it is time as such.
struct ResilienceBenchmark {
    private let rounds = 15
    private let calls = 100_000
    private let world = World.system()

    func run(into table: inout FigureTable) async throws {
        say("resilience: \(rounds) rounds of \(calls) calls that succeed at once")
        let context = CallContext.root(world, timeout: .seconds(3600))
        for (name, policy) in Self.policies {
            let added = try await cooperative(policy, context)
            let isAll = name == Self.allName
            table.add("guard, async: \(name)", added.text, aim: isAll ? "400 ns, no allocation; Polly 766 ns" : "")
            table.add("guard, event loop: \(name)", try loop(policy, context).text, aim: isAll ? "60 ns" : "")
        }
        let all = Self.policies[0].1
        let reading = try loop(all, context, readsClock: true)
        table.add("guard, event loop that reads the clock for it: \(Self.allName)", reading.text)
        table.add("guard that cancels what takes too long: \(Self.allName)", try await enforced(all, context).text)
        table.add("reading the clock", clock().text)
    }

    private static let allName = "timeout, retry, breaker, bulkhead, limit"

    private static let policies: [(String, CallPolicy)] = {
        // A limit that nobody reaches: a token each nanosecond.
        let limit = RateLimit(1_000_000, per: .milliseconds(1))
        let rate = BreakerPolicy(trip: .rate(.init(window: .calls(100), slowCallRate: 0.5)))
        let time = BreakerPolicy(trip: .rate(.init(window: .time(.seconds(10)), slowCallRate: 0.5)))
        func alone(
            _ retry: RetryPolicy? = nil, _ breaker: BreakerPolicy? = nil, _ bulkhead: BulkheadPolicy? = nil,
            _ limit: RateLimit? = nil
        ) -> CallPolicy {
            CallPolicy(name: "bench", retry: retry, breaker: breaker, bulkhead: bulkhead, limit: limit)
        }
        return [
            (allName, alone(RetryPolicy(), BreakerPolicy(), .standard, limit)),
            ("the same, breaker by rate of failures and slowness", alone(RetryPolicy(), rate, .standard, limit)),
            ("timeout alone", alone()), ("retry", alone(RetryPolicy())),
            ("breaker, failures in a row", alone(nil, BreakerPolicy())),
            ("breaker, rate over 100 calls", alone(nil, rate)), ("breaker, rate over 10 s", alone(nil, time)),
            ("bulkhead", alone(nil, nil, .standard)), ("limit", alone(nil, nil, nil, limit)),
        ]
    }()

    // MARK: The forms

    private func cooperative(_ policy: CallPolicy, _ context: CallContext) async throws -> Added {
        let subject = CallGuard(target: "bench → nobody", policy: policy, world: world)
        var added = Added()
        for _ in 0..<rounds {
            let bare = try await measured { for _ in 0..<calls { _ = try await answer(context) } }
            let guarded = try await measured {
                for _ in 0..<calls { _ = try await subject.runCooperative(context) { try await answer($0) } }
            }
            added.add(bare, guarded)
        }
        try check(subject, calls * rounds)
        return added
    }

    private func enforced(_ policy: CallPolicy, _ context: CallContext) async throws -> Added {
        let subject = CallGuard(target: "bench → nobody", policy: policy, world: world)
        let calls = calls / 10
        var added = Added(calls: calls)
        for _ in 0..<rounds {
            let bare = try await measured(calls) { for _ in 0..<calls { _ = try await answer(context) } }
            let guarded = try await measured(calls) {
                for _ in 0..<calls { _ = try await subject.run(context) { try await answer($0) } }
            }
            added.add(bare, guarded)
        }
        try check(subject, calls * rounds)
        return added
    }

    /// - Parameter readsClock: whether each reading of the clock is made for the guard; else the loop has it already.
    private func loop(_ policy: CallPolicy, _ context: CallContext, readsClock: Bool = false) throws -> Added {
        let subject = CallGuard(target: "bench → nobody", policy: policy, world: world)
        let time = world.time
        var added = Added()
        var now = time.uptime
        for _ in 0..<rounds {
            let bare = measured { for _ in 0..<calls { _ = answerAtOnce(context.deadline) } }
            let guarded = try measured {
                for _ in 0..<calls {
                    now = readsClock ? time.uptime : now + .nanoseconds(200)
                    let permit = try subject.admit(before: context.deadline, now: now)
                    _ = answerAtOnce(permit.deadline)
                    subject.record(permit, .success, now: readsClock ? time.uptime : now)
                }
            }
            added.add(bare, guarded)
        }
        try check(subject, calls * rounds)
        return added
    }

    private func clock() -> Added {
        var added = Added()
        let time = world.time
        for _ in 0..<rounds {
            let bare = measured { for _ in 0..<calls { _ = answerAtOnce(Deadline(uptime: .zero)) } }
            let reading = measured { for _ in 0..<calls { _ = answerAtOnce(Deadline(uptime: time.uptime)) } }
            added.add(bare, reading)
        }
        return added
    }

    private func check(_ subject: CallGuard, _ count: Int) throws {
        let shot = subject.snapshot()
        guard shot.ends.success == count, shot.attempts == count else {
            throw ServiceError(.internal, "wrong-count", "\(shot.ends.success) of \(count) calls succeeded.")
        }
    }

    // MARK: Measuring

    private struct Cost {
        var nanoseconds: Double
        var allocations: Double
    }

    private struct Added {
        var calls = 0
        private var bare: [Double] = []
        private var nanoseconds: [Double] = []
        private var allocations: [Double] = []

        init(calls: Int = 0) { self.calls = calls }

        mutating func add(_ plain: Cost, _ guarded: Cost) {
            bare.append(plain.nanoseconds)
            nanoseconds.append(guarded.nanoseconds - plain.nanoseconds)
            allocations.append(guarded.allocations - plain.allocations)
        }

        var text: String {
            func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
            func rounded(_ value: Double) -> String { String(Int(value.rounded())) }
            let counted = allocations_can_be_counted()
                ? "\((median(allocations) * 100).rounded() / 100) allocations" : "allocations not counted here"
            return "+\(rounded(median(nanoseconds))) ns, \(counted)"
                + ", bare \(rounded(median(bare))) ns"
        }
    }

    private func measured(_ count: Int? = nil, _ body: () async throws -> Void) async rethrows -> Cost {
        allocations_start()
        let start = Self.processorTime()
        try await body()
        return cost(since: start, count ?? calls)
    }

    private func measured(_ body: () throws -> Void) rethrows -> Cost {
        allocations_start()
        let start = Self.processorTime()
        try body()
        return cost(since: start, calls)
    }

    private func cost(since start: Double, _ count: Int) -> Cost {
        let took = Self.processorTime() - start
        return Cost(
            nanoseconds: took / Double(count), allocations: Double(allocations_stop()) / Double(count))
    }

    /// Of this process, in nanoseconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

/// A callee that answers at once, on the caller's task.
@inline(never) private func answer(_ context: CallContext) async throws -> Int {
    context.trace.isSampled ? 1 : 0
}

@inline(never) private func answerAtOnce(_ deadline: Deadline) -> Bool { deadline.uptime > .zero }
