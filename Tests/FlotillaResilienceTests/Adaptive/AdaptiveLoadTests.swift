internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

/// A server of ten workers that take 10 ms a call on average: it can do 1,000 calls a second.
@Suite("Adaptive limit: load") struct AdaptiveLoadTests {
    private let capacity = 1_000.0

    @Test(
        "half, twice and ten times the load and back: at least 93 % of the capacity, within 3 times the latency",
        arguments: [UInt64(1), 2])
    func loads(seed: UInt64) {
        var run = QueueSimulation(.standard, seed: seed, .init(load: { now in
            now < 10 ? 500 : now < 25 ? 2_000 : now < 32 ? 10_000 : 500
        }))
        run.run(to: 42)
        let half = run.figures(1, 10)
        #expect(half.shed == 0 && half.mean < 0.012)
        let twice = run.figures(11, 25)
        #expect(twice.goodput > 0.93 * capacity, "twice: \(twice)")
        #expect(twice.mean < 0.030 && twice.p99 < 0.080, "twice: \(twice)")
        let tenfold = run.figures(26, 32)
        #expect(tenfold.goodput > 0.93 * capacity, "tenfold: \(tenfold)")
        #expect(tenfold.mean < 0.035 && tenfold.p99 < 0.100, "tenfold: \(tenfold)")
        // The first second is for what was under way.
        let after = run.figures(33, 42)
        #expect(after.shed == 0 && after.mean < 0.012, "after: \(after)")
    }

    @Test("just what it can do: hardly anything is shed", arguments: [UInt64(1), 2])
    func full(seed: UInt64) {
        var run = QueueSimulation(.standard, seed: seed, .init(load: { _ in 900 }))
        run.run(to: 20)
        let figures = run.figures(2, 20)
        #expect(figures.shed < 0.01 && figures.goodput > 880, "\(figures)")
    }

    @Test("without a limit the queue grows for as long as the load lasts")
    func control() {
        var run = QueueSimulation(nil, seed: 1, .init(load: { _ in 2_000 }))
        run.run(to: 20)
        #expect(run.figures(15, 20).mean > 5)
    }

    @Test("one worker or a hundred, quick or slow: the limit finds the size of the server by itself", arguments: [
        (1, 0.001, 64.0), (3, 0.010, 64), (100, 0.010, 1_000), (20, 0.2, 300),
    ])
    func sizes(workers: Int, seconds: Double, most: Double) {
        let capacity = Double(workers) / seconds
        var run = QueueSimulation(
            .standard, seed: 5,
            .init(load: { _ in 2 * capacity }, workers: { _ in workers }, service: { _, _ in seconds }))
        run.run(to: 40)
        let figures = run.figures(25, 40)
        #expect(figures.goodput > 0.9 * capacity, "\(figures)")
        #expect(run.limits.filter { $0.at > 30 }.allSatisfy { $0.limit < most }, "\(run.limits.last!)")
        // As many as the limit's minimum may be under way however small the server.
        #expect(figures.mean < seconds * max(4, 14 / Double(workers)), "\(figures)")
    }

    @Test("critical calls come through unharmed while the others are shed, background first", arguments: [
        UInt64(1), 2,
    ])
    func priorities(seed: UInt64) {
        var run = QueueSimulation(.standard, seed: seed, .init(load: { _ in 2_000 }, mix: { unit in
            unit < 0.05 ? (.critical, 0) : unit < 0.80 ? (.standard, 0) : (.background, 0)
        }))
        run.run(to: 30)
        let critical = run.figures(3, 30, .critical)
        let standard = run.figures(3, 30, .standard)
        let background = run.figures(3, 30, .background)
        #expect(critical.shed < 0.003, "critical: \(critical)")
        #expect(critical.p99 < 0.1, "critical: \(critical)")
        #expect(standard.shed > 0.2 && standard.shed < 0.5, "standard: \(standard)")
        #expect(background.shed > 0.9, "background: \(background)")
        #expect(run.figures(3, 30).goodput > 0.93 * capacity)
    }

    @Test("critical calls alone are more than can be done: they get everything there is")
    func allCritical() {
        var run = QueueSimulation(.standard, seed: 1, .init(load: { _ in 4_000 }, mix: { unit in
            unit < 0.5 ? (.critical, 0) : (.standard, 0)
        }))
        run.run(to: 25)
        let critical = run.figures(5, 25, .critical)
        #expect(critical.goodput > 0.93 * capacity, "critical: \(critical)")
        #expect(critical.mean < 0.035)
        #expect(run.figures(5, 25, .standard).shed > 0.97)
    }

    @Test("kinds that take 2 ms and 40 ms: shedding the quick ones does not make the others look slow")
    func kinds() {
        // Of 100 calls 98 take 2 ms and 2 take 40 ms: 2.76 ms on average, 3,623 a second.
        let capacity = 10 / (0.98 * 0.002 + 0.02 * 0.040)
        var run = QueueSimulation(.standard, kinds: 2, seed: 1, .init(
            load: { now in now < 5 ? capacity / 2 : 2 * capacity }, service: { _, kind in kind == 0 ? 0.002 : 0.040 },
            mix: { unit in unit < 0.02 ? (.critical, 1) : (.standard, 0) }))
        run.run(to: 30)
        let critical = run.figures(7, 30, .critical)
        let work = run.figures(7, 30, .standard).goodput * 0.002 + critical.goodput * 0.040
        #expect(work > 9, "\(work) of 10 workers are kept busy")
        // They are more than half of all work, so that there is not always room.
        #expect(critical.shed < 0.02, "critical: \(critical)")
        #expect(critical.mean < 0.12, "critical: \(critical)")
    }
}
