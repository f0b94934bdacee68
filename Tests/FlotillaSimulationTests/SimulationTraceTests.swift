internal import FlotillaCore
@testable internal import FlotillaSimulation
internal import Testing

@Suite("What a simulation tells") struct SimulationTraceTests {
    private let scheduler = SimulationScheduler(seed: 1)

    private func trace(_ texts: [String], keepsLines: Bool = false) -> SimulationTrace {
        let trace = SimulationTrace(scheduler, keepsLines: keepsLines)
        for text in texts { trace.note("orders", text, about: "o1") }
        return trace
    }

    @Test("the digest covers every line, whether they are kept or not")
    func digest() {
        let first = trace(["a", "b"])
        #expect(first.digest.count == 64)
        #expect(first.digest.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(first.count == 2 && first.lines.isEmpty)
        let kept = trace(["a", "b"], keepsLines: true)
        #expect(kept.digest == first.digest)
        #expect(kept.lines.map(\.text) == ["a", "b"])
        for other in [["a"], ["b", "a"], ["a", "c"], ["a", "b", ""]] { #expect(trace(other).digest != first.digest) }
    }

    @Test("the folder, which has another name in each process, is not part of a line")
    func folder() {
        let traces = ["/tmp/run-1", "/tmp/run-22"].map { folder in
            let trace = SimulationTrace(scheduler, keepsLines: true, folder: folder)
            trace.note("orders", "cannot write \(folder)/orders.sqlite, nor \(folder)")
            trace.note("orders", "reads /tmp/run")
            return trace
        }
        #expect(traces[0].lines.map(\.text) == ["cannot write /orders.sqlite, nor ", "reads /tmp/run"])
        #expect(traces[0].digest == traces[1].digest)
    }

    @Test("the digest covers when and who")
    func whenAndWho() throws {
        let (early, late) = (trace(["a"]), SimulationTrace(scheduler, keepsLines: false))
        try scheduler.run { [time = SimulatedTime(scheduler)] in try await time.sleep(for: .milliseconds(1)) }
        late.note("orders", "a", about: "o1")
        #expect(early.digest != late.digest)
        let other = SimulationTrace(SimulationScheduler(seed: 1), keepsLines: false)
        other.note("payments", "a", about: "o1")
        #expect(other.digest != early.digest)
    }

    @Test("a line says minutes and seconds of virtual time; whoever watches sees it at once")
    func lines() throws {
        let notes = Notes()
        let trace = SimulationTrace(scheduler, keepsLines: false) { notes.add("\($0)") }
        try scheduler.run { [time = SimulatedTime(scheduler)] in try await time.sleep(for: .milliseconds(61_050)) }
        trace.note("orders", "paid")
        #expect(notes.all == ["1:01.050  orders  paid"])
    }

    @Test("a story has the lines about a thing, those of the same calls, and the faults; nothing else")
    func story() {
        let trace = SimulationTrace(scheduler, keepsLines: true)
        trace.note("orders", "created", about: "o1", correlation: "c1")
        trace.note("orders", "created", about: "o2", correlation: "c2")
        trace.note("payments", "charges", correlation: "c1")
        trace.note("payments", "charges", correlation: "c2")
        trace.note("fault", "crash: orders")
        trace.note("root", "looks at o1")
        trace.note("root", "does nothing")
        #expect(
            trace.story(of: "o1").map(\.description) == [
                "0:00.000  orders  created", "0:00.000  payments  charges", "0:00.000  fault  crash: orders",
                "0:00.000  root  looks at o1",
            ])
        #expect(trace.story(of: "o3").isEmpty)
        #expect(trace.subject(namedIn: "captured for order o2, of which o1 knows nothing") == "o2")
        #expect(trace.subject(namedIn: "order o3 is gone") == nil)
    }

    @Test("a plan lists its kinds in one order, without those that never happen")
    func plan() {
        let plan = FaultPlan(meanPause: .seconds(1), weights: [.slowDisk: 2, .crash: 1, .partition: 0, .diskFull: 3])
        #expect(plan.table.map(\.kind) == [.crash, .diskFull, .slowDisk])
        #expect(plan.table.map(\.weight) == [1, 3, 2])
        #expect(FaultPlan.none.table.isEmpty && FaultPlan.none.meanPause == nil)
        // Those that happen to single calls come with the lossy network, those of replicas and busy services at a pace
        // of their own.
        let missing = Set(FaultKind.allCases).subtracting(FaultPlan.standard.table.map(\.kind))
        let replicas: Set<FaultKind> = [.replicaCrash, .replicaStall, .replicaRestart, .replicaClockSkew]
        #expect(missing == replicas.union([.busyService, .requestLost, .requestDoubled, .answerLost]))
    }

    private static let line =
        "seed-result\t7\t600.5\t1.25\t200\t99\t12345\t0\tcrash=2,one-way partition=1\tabc123\tmoney at 3 s: gone"
        + "\tcheckout/breaker=2,door/background=1"

    @Test("a seed's result comes back from its line as it went")
    func roundTrip() throws {
        var result = try #require(SeedResult(line: Self.line[...]))
        #expect(result.seed == 7 && result.units == 200 && result.checks == 99 && result.jobs == 12_345)
        #expect(result.virtualSeconds == 600.5 && result.processorSeconds == 1.25 && result.foreignJobs == 0)
        #expect(result.faults == [.crash: 2, .oneWayPartition: 1])
        #expect(result.digest == "abc123" && result.violation == "money at 3 s: gone")
        #expect(result.refusals == ["checkout/breaker": 2, "door/background": 1])
        #expect(result.line == Self.line)
        result.violation = "two\nlines\tand a tab"
        result.faults = [:]
        let again = try #require(SeedResult(line: result.line[...]))
        #expect(again.violation == "two lines and a tab")
        #expect(again.faults.isEmpty)
        result.violation = nil
        let held = try #require(SeedResult(line: result.line[...]))
        #expect(held.violation == nil)
    }

    @Test("what is no result is none", arguments: [
        "", "seed-begins\t7", line.replacing("\tabc123", with: ""), line.replacing("crash=2", with: "cramp=2"),
        line.replacing("breaker=2", with: "breaker"),
        line.replacing("\t7\t", with: "\tseven\t"), "x" + line,
    ])
    func noResult(line: String) { #expect(SeedResult(line: line[...]) == nil) }

    @Test("the table adds up, and says how each failure is run again")
    func table() throws {
        var table = SeedTable(unit: "orders", command: "shop sim --minutes 2")
        var held = try #require(SeedResult(line: Self.line[...]))
        held.violation = nil
        held.seed = 3
        table.add(try #require(SeedResult(line: Self.line[...])))
        table.add(held)
        let text = table.text(elapsed: 1.5)
        func value(_ name: String) -> Substring? {
            text.split(separator: "\n").first { $0.hasPrefix("  \(name) ") }?.split(separator: " ").last
        }
        #expect(value("seeds") == "2" && value("orders") == "400" && value("faults") == "6")
        #expect(value("orders per CPU second") == "160.0" && value("failures") == "1")
        #expect(value("  crash") == "4")
        #expect(value("refused or given up by policies") == "6" && value("  checkout/breaker") == "4")
        #expect(text.contains("seed 7: money at 3 s: gone\n  again: shop sim --minutes 2 --seed 7\n"))
        #expect(!text.contains("--seed 3") && !text.contains("other threads"))
    }
}
