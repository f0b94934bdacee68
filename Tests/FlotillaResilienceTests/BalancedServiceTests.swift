internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

/// The policy in all of these: 150 ms an attempt, three attempts at different instances, 10 ms in between, a budget of
/// 20 % and 10 a second; balancer and outliers by default. 1,000 calls a second.
@Suite("A service with an ill instance, seen by its callers") struct BalancedServiceTests {
    @Test("one of three hangs for four of five minutes: p99 below 250 ms, errors below 0.1 %")
    func oneHangs() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"])
        try await model.run(seconds: 60)
        model.set("b", .hanging)
        try await model.run(seconds: 240)
        let report = model.report
        #expect(report.calls > 299_000)
        #expect(report.percentile(0.99) < 250, "p99 \(report.percentile(0.99)) ms")
        #expect(report.errorShare < 0.001, "\(report.errors) of \(report.calls)")
        // It does far better than that.
        #expect(report.percentile(0.99) < 50, "p99 \(report.percentile(0.99)) ms")
        #expect(report.errors == 0)
        #expect(report.failedAttempts < 150, "\(report.failedAttempts) attempts")
        #expect(model.balancer.snapshot().ejections >= 3)
    }

    @Test("without ejection, two choices alone keep the p99 below 250 ms")
    func oneHangsWithoutEjection() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"], outliers: nil)
        try await model.run(seconds: 10)
        model.set("b", .hanging)
        try await model.run(seconds: 60)
        #expect(model.report.percentile(0.99) < 250)
        #expect(model.report.errorShare < 0.001)
        #expect(model.attempts(at: "b", last: 60) < 600, "a hundredth at most")
    }

    @Test("round robin without ejection is what this is to prevent")
    func roundRobinWithoutEjection() async throws {
        let model = try await BalancedServiceModel(
            ["a", "b", "c"], policy: BalancerPolicy(algorithm: .roundRobin), outliers: nil)
        try await model.run(seconds: 5)
        model.set("b", .hanging)
        model.startReport()
        try await model.run(seconds: 20)
        #expect(model.report.errorShare > 0.1, "the budget does not pay for a third of all calls")
    }

    @Test("one fails fast: it gets a handful of calls, and nobody sees an error", arguments: [
        BalancerPolicy.Algorithm.roundRobin, .leastRequest, .peakEWMA,
    ])
    func oneFailsFast(algorithm: BalancerPolicy.Algorithm) async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"], policy: BalancerPolicy(algorithm: algorithm))
        try await model.run(seconds: 10)
        model.set("c", .failing)
        model.startReport()
        try await model.run(seconds: 60)
        #expect(model.report.errors == 0)
        #expect(model.report.failedAttempts < 60, "\(model.report.failedAttempts)")
        #expect(model.report.percentile(0.99) < 50)
    }

    @Test("one is ten times slower: peak EWMA leaves it a trickle")
    func oneIsSlow() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"])
        try await model.run(seconds: 10)
        model.set("a", .slow(10))
        model.startReport()
        try await model.run(seconds: 60)
        #expect(model.report.errors == 0)
        #expect(model.report.percentile(0.99) < 100, "p99 \(model.report.percentile(0.99)) ms")
        #expect(model.attempts(at: "a", last: 50) < 50 * 20, "of 50,000: \(model.attempts(at: "a", last: 50))")
        // Well again, it gets its third back.
        model.set("a", .healthy)
        try await model.run(seconds: 60)
        #expect(model.attempts(at: "a", last: 20) > 4_000)
    }

    @Test("one leaves by draining first: not one attempt fails")
    func oneDrains() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"])
        try await model.run(seconds: 10)
        try await model.drain("b")
        try await model.run(seconds: 2)
        #expect(model.attempts(at: "b", last: 1) == 0, "callers know after a second")
        try await model.stop("b")
        try await model.run(seconds: 10)
        #expect(model.report.failedAttempts == 0)
        #expect(model.report.errors == 0)
        #expect(model.state("b") == nil)
    }

    @Test("one crashes without a word: the ejection bridges the time until its TTL removes it")
    func oneCrashes() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"])
        try await model.run(seconds: 10)
        model.crash("c")
        model.startReport()
        try await model.run(seconds: 10)
        #expect(model.state("c") == "ejected", "still in the directory")
        try await model.run(seconds: 7)
        #expect(model.state("c") == nil, "its heartbeat is 15 s old")
        #expect(model.report.errors == 0)
        #expect(model.report.failedAttempts < 60)
        #expect(model.report.percentile(0.99) < 250)
        try await model.run(seconds: 60)
        #expect(model.attempts(at: "c", last: 55) == 0)
    }

    @Test("all hang for a while: nobody is left out for good, and all is well within seconds")
    func allHang() async throws {
        let model = try await BalancedServiceModel(["a", "b", "c"])
        try await model.run(seconds: 10)
        for name in ["a", "b", "c"] { model.set(name, .hanging) }
        try await model.run(seconds: 60)
        #expect(model.balancer.snapshot().count("ejected") <= 1)
        for name in ["a", "b", "c"] { model.set(name, .healthy) }
        try await model.run(seconds: 5)
        model.startReport()
        try await model.run(seconds: 30)
        #expect(model.report.errors == 0)
        #expect(model.report.percentile(0.99) < 50)
    }
}
