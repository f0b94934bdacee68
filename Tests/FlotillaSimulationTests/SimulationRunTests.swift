internal import FlotillaCore
internal import FlotillaSimulation
internal import FlotillaTesting
internal import Foundation
internal import Testing

@Suite("A simulated fleet of two services") struct SimulationRunTests {
    private static let crashes = FaultPlan(
        meanPause: .seconds(2), weights: [.crash: 3, .crashMidCommit: 3, .crashAll: 1], durationMax: .seconds(4))

    private static func run(
        _ seed: UInt64, desk: Desk = Desk(), replicas: [String: Int] = [:], faults: FaultPlan = .standard,
        mutant: String? = nil
    ) throws -> SimulationReport {
        let folder = try TemporaryFolder()
        var settings = Simulation.Settings(seed: seed)
        settings.duration = .seconds(60)
        settings.checkInterval = .seconds(5)
        settings.faults = faults
        settings.mutant = Mutant.common.first { $0.name == mutant }
        #expect((settings.mutant == nil) == (mutant == nil))
        let scenario = DeskScenario(desk: desk, replicas: replicas, duration: .seconds(60))
        return try Simulation.run(scenario, settings, folder: folder.path)
    }

    @Test("crashes lose nothing that was acknowledged", arguments: 1..<6 as Range<UInt64>)
    func crashes(seed: UInt64) throws {
        let report = try Self.run(seed, faults: Self.crashes)
        #expect(report.violation == nil)
        #expect((report.faults[.crash] ?? 0) + (report.faults[.crashMidCommit] ?? 0) > 3)
        #expect(Set(report.faults.keys).isSubset(of: [.crash, .crashMidCommit, .crashAll]))
        #expect(report.foreignJobs == 0)
        #expect(report.units > 100 && report.checks > 2)
        #expect(report.virtualTime >= .seconds(60))
        #expect(report.lab.isServing == false, "the run ends its fleet")
    }

    @Test("every fault there is changes nothing of that", arguments: 1..<6 as Range<UInt64>)
    func allFaults(seed: UInt64) throws {
        let report = try Self.run(seed)
        #expect(report.violation == nil)
        #expect(report.foreignJobs == 0)
        #expect(report.faults.count > 4)
    }

    @Test("replicas that crash, stall and have wrong clocks file each word once", arguments: 1..<6 as Range<UInt64>)
    func replicas(seed: UInt64) throws {
        let report = try Self.run(seed, replicas: ["desk": 2, "archive": 3])
        #expect(report.violation == nil)
        #expect(report.foreignJobs == 0)
        #expect(report.lab.seats.count == 5)
        let kinds: [FaultKind] = [.replicaCrash, .replicaStall, .replicaRestart, .replicaClockSkew]
        #expect(kinds.contains { report.faults[$0] != nil })
    }

    @Test("without faults nothing goes wrong, and nothing is counted as if")
    func calm() throws {
        let report = try Self.run(1, faults: .none)
        #expect(report.violation == nil)
        #expect(report.faults.isEmpty)
    }

    @Test("what is broken is told, with the moment it was seen")
    func violation() throws {
        let report = try Self.run(1, desk: Desk(forgetsEvery: 50), faults: .none)
        let violation = try #require(report.violation)
        #expect(violation.invariant == "what was acknowledged is there")
        #expect(violation.detail.hasPrefix("word 50 "))
        // It is looked at every five seconds, and three clients need about 7 for 50 words.
        #expect(violation.at > .seconds(4) && violation.at < .seconds(30))
        #expect(violation.at <= report.virtualTime)
        #expect(violation.description.contains("what was acknowledged is there at "))
    }

    @Test("mechanisms broken on purpose are found", arguments: ["drop-fsync", "lose-messages", "skip-inbox"])
    func mutants(name: String) throws {
        let seed = try (1...20 as ClosedRange<UInt64>).first { try Self.run($0, mutant: name).violation != nil }
        #expect(seed != nil)
    }

    @Test("a service whose data is damaged ends the run, and is told of", arguments: 1..<12 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        let report = try Self.run(seed, faults: Self.crashes, mutant: "drop-fsync")
        #expect(report.violation != nil)
        #expect(report.virtualTime < .seconds(5_000))
    }

    @Test("the databases of a run can be kept")
    func keep() throws {
        let report = try Self.run(1, faults: .none)
        let folder = try TemporaryFolder()
        report.lab.keepDatabases(in: folder.path(of: "kept/seed-1"))
        let names = try folder.contents().map(\.path)
        #expect(names.contains("kept/seed-1/desk-desk.sqlite"), "\(names)")
        #expect(names.contains("kept/seed-1/archive-archive.sqlite"), "\(names)")
    }

    @Test("the same seed gives the same digest in two processes; another seed another one")
    func repeats() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for (name, seed) in [("first", 11), ("second", 11), ("third", 12)] as [(String, UInt64)] {
            await #expect(processExitsWith: .success) {
                [path = path as String, name = name as String, seed = seed as UInt64] in
                let report = try SimulationRunTests.run(seed)
                let text = "\(report.digest) \(report.jobs) \(report.virtualTime) \(report.units)"
                try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            }
        }
        let digests = try ["first", "second", "third"].map { name in
            try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
        }
        #expect(digests[0] == digests[1])
        #expect(digests[0] != digests[2])
    }
}
