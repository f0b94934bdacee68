internal import Dispatch
internal import FlotillaCore
internal import FlotillaSimulation
internal import Foundation
internal import Testing

@Suite("The scheduler of a simulation") struct SimulationSchedulerTests {
    private let scheduler = SimulationScheduler(seed: 1)
    private var time: SimulatedTime { SimulatedTime(scheduler) }

    @Test("time jumps to whoever wakes next, and costs nothing")
    func jumps() throws {
        let (time, notes) = (time, Notes())
        let began = SystemTime().uptime
        try scheduler.run {
            try await withThrowingDiscardingTaskGroup { group in
                for minutes in [24 * 60, 1, 60] {
                    group.addTask {
                        try await time.sleep(for: .seconds(60 * minutes))
                        notes.add("\(minutes) at \(time.uptime.milliseconds / 60_000)")
                    }
                }
            }
        }
        #expect(notes.all == ["1 at 1", "60 at 60", "1440 at 1440"])
        #expect(scheduler.uptime == .seconds(24 * 3_600))
        #expect(SystemTime().uptime - began < .seconds(60))
    }

    private actor Collector {
        private(set) var values: [Int] = []
        func add(_ value: Int) { values.append(value) }
    }

    /// Groups in groups, an actor, a stream, `async let`, sleeps: everything that has jobs.
    private static func bustle(_ scheduler: SimulationScheduler) throws -> [Int] {
        let time = SimulatedTime(scheduler)
        return try scheduler.run {
            let collector = Collector()
            let (stream, sink) = AsyncStream.makeStream(of: Int.self)
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { for await value in stream { await collector.add(value) } }
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { inner in
                        for number in 0..<50 {
                            inner.addTask {
                                await Task.yield()
                                if number.isMultiple(of: 7) { try await time.sleep(for: .milliseconds(number)) }
                                await collector.add(number)
                                sink.yield(1_000 + number)
                            }
                        }
                    }
                    sink.finish()
                }
            }
            async let first: Void = collector.add(-1)
            async let second: Void = collector.add(-2)
            _ = await (first, second)
            return await collector.values
        }
    }

    @Test("the same seed gives the same order, and other seeds other ones; nothing runs elsewhere")
    func seeds() throws {
        var orders: Set<[Int]> = []
        var trails: Set<UInt64> = []
        for seed in 0..<20 as Range<UInt64> {
            let (first, second) = (SimulationScheduler(seed: seed), SimulationScheduler(seed: seed))
            let order = try Self.bustle(first)
            #expect(order.sorted() == [-2, -1] + Array(0..<50) + Array(1_000..<1_050))
            #expect(try Self.bustle(second) == order)
            #expect(first.trailHash == second.trailHash)
            #expect(first.jobCount == second.jobCount && first.jobCount > 100)
            #expect(first.uptime == .milliseconds(49))
            #expect(first.foreignJobCount == 0 && second.foreignJobCount == 0)
            orders.insert(order)
            trails.insert(first.trailHash)
        }
        #expect(orders.count > 15)
        #expect(trails.count == 20)
    }

    @Test("a job that another thread sends is counted")
    func foreign() throws {
        let (notes, isAway, gate) = (Notes(), Notes(), DispatchSemaphore(value: 0))
        try scheduler.run {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            gate.wait()
                            continuation.resume()
                        }
                        isAway.add("away")
                    }
                    notes.add("back")
                }
                group.addTask {
                    // When another task sees it, the first one waits already: there is one thread.
                    while isAway.count == 0 { await Task.yield() }
                    gate.signal()
                    while notes.count == 0 { await Task.yield() }
                }
            }
        }
        #expect(scheduler.foreignJobCount > 0)
    }

    @Test("a sleep ends when its task is cancelled, and one that comes after that does not begin")
    func cancelled() throws {
        let (time, notes) = (time, Notes())
        try scheduler.run {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    for _ in 0..<2 {
                        do { try await time.sleep(for: .seconds(3_600)) } catch {
                            notes.add("\(error is CancellationError) at \(time.uptime.milliseconds)")
                        }
                    }
                }
                try await time.sleep(for: .seconds(1))
                group.cancelAll()
            }
        }
        #expect(notes.all == ["true at 1000", "true at 1000"])
        #expect(scheduler.uptime == .seconds(1))
    }

    @Test("alarms ring when they are due, once, unless they are turned off")
    func alarms() throws {
        let (time, notes) = (time, Notes())
        let hasRung = try scheduler.run {
            let late = time.alarm(after: .seconds(3)) { notes.add("late at \(time.uptime.milliseconds)") }
            let off = time.alarm(after: .seconds(2)) { notes.add("never") }
            let early = time.alarm(after: .seconds(1)) { notes.add("early at \(time.uptime.milliseconds)") }
            let wasEarly = off.turnOff()
            try await time.sleep(for: .seconds(10))
            return [late.turnOff(), early.turnOff(), off.turnOff(), wasEarly]
        }
        #expect(notes.all == ["early at 1000", "late at 3000"])
        #expect(hasRung == [true, true, false, false])
    }

    @Test("a run that nothing can end is told so, and its tasks are cancelled")
    func stuck() {
        let (time, notes) = (time, Notes())
        let (stream, sink) = AsyncStream.makeStream(of: Void.self)
        let error = #expect(throws: SimulationStuck.self) {
            try scheduler.run {
                try await time.sleep(for: .seconds(5))
                for await _ in stream {}
                notes.add("cancelled: \(Task.isCancelled)")
            }
        }
        sink.finish()
        #expect(error?.at == .seconds(5))
        #expect(error?.description.contains("nothing is left that could happen") == true)
        #expect(notes.all == ["cancelled: true"])
    }

    @Test("a loop without end is told after so many jobs")
    func endless() {
        let error = #expect(throws: SimulationStuck.self) {
            try scheduler.run(jobsMax: 1_000) { while !Task.isCancelled { await Task.yield() } }
        }
        #expect(error?.reason.contains("1000 jobs") == true)
        #expect(scheduler.jobCount == 1_000)
    }

    @Test("what the body throws comes out")
    func failure() {
        let error = #expect(throws: ServiceError.self) {
            try scheduler.run { throw ServiceError.unavailable("everything") }
        }
        #expect(error?.kind == .unavailable)
    }

    @Test("a wrong wall clock is wrong for who reads it, and nothing else: sleeps take their time")
    func skew() throws {
        let (right, wrong) = (time, SimulatedTime(scheduler, skew: .seconds(30)))
        #expect(right.now == SimulatedTime.epoch)
        #expect(wrong.now == SimulatedTime.epoch + .seconds(30))
        try scheduler.run { try await wrong.sleep(for: .seconds(10)) }
        #expect(right.uptime == .seconds(10) && wrong.uptime == .seconds(10))
        wrong.skew = .seconds(-40)
        #expect(right.now == SimulatedTime.epoch + .seconds(10))
        #expect(wrong.now == SimulatedTime.epoch + .seconds(-30))
        wrong.skew = .zero
        #expect(wrong.now == right.now)
    }
}
