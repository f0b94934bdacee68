internal import FlotillaCore
internal import Foundation

/// A run of a scenario: load under faults, then quiet, then the last word of the invariants.
public enum Simulation {
    public struct Settings: Sendable {
        public var seed: UInt64
        /// How long faults and load go on, in virtual time.
        public var duration = Duration.seconds(600)
        public var faults = FaultPlan.standard
        /// What is broken on purpose; nil: nothing.
        public var mutant: Mutant?
        /// Whether the trace's lines are kept, to tell stories from.
        public var keepsStory = false
        /// Is told every line of the trace as it happens.
        public var watch: (@Sendable (SimulationTrace.Line) -> Void)?
        /// How often the invariants that always hold are looked at, in virtual time.
        public var checkInterval = Duration.seconds(15)
        /// How long everything may take to come to its end after the faults.
        public var settleMax = Duration.seconds(3_600)

        public init(seed: UInt64) { self.seed = seed }
    }

    /// Runs it on this thread.
    ///
    /// - Parameters:
    ///   - scenario: a new one.
    ///   - folder: where the services' files other than databases go; has to be empty.
    public static func run(
        _ scenario: any Scenario, _ settings: Settings, folder: String
    ) throws -> SimulationReport {
        let scheduler = SimulationScheduler(seed: settings.seed)
        let lab = try Lab(scenario, settings: settings, scheduler: scheduler, folder: folder)
        let injector = FaultInjector(lab, plan: settings.faults)
        // How long it takes is the one thing that is measured in real time.
        let began = ThreadIdentity.processorTime
        var violation: Violation?
        do {
            try scheduler.run { try await play(scenario, settings, lab, injector) }
        } catch let broken as Violation {
            violation = broken
        } catch let stuck as SimulationStuck {
            violation = lab.violation ?? Violation(invariant: "the run goes on", detail: stuck.reason, at: stuck.at)
        }
        return SimulationReport(
            seed: settings.seed, virtualTime: scheduler.uptime, processorTime: ThreadIdentity.processorTime - began,
            units: scenario.unitCount, faults: injector.counts, checks: lab.checkCount, jobs: scheduler.jobCount,
            foreignJobs: scheduler.foreignJobCount, refusals: lab.refusals, digest: lab.trace.digest,
            violation: violation, lab: lab)
    }

    private static func play(
        _ scenario: any Scenario, _ settings: Settings, _ lab: Lab, _ injector: FaultInjector
    ) async throws {
        let invariants = [Invariant.deadProcessesRest] + scenario.invariants
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lab.runFleets() }
            group.addTask {
                while true {
                    try await lab.world.time.sleep(for: settings.checkInterval)
                    try await lab.check(invariants, .always)
                }
            }
            group.addTask {
                try await lab.waitUntilServing()
                try await loadUnderFaults(scenario, settings, lab, injector)
                try await wait(on: lab, atMost: settings.settleMax, lookingEvery: .seconds(5)) {
                    guard lab.isServing else { return "every service has to run" }
                    do {
                        return try await scenario.unsettled(lab)
                    } catch let away as ServiceAway {
                        return "\(away.service) is away"
                    }
                }
                try await lab.check(invariants, .quiet)
                lab.trace.note("simulation", "is over")
                throw Finished()
            }
            do {
                for try await _ in group {}
            } catch is Finished {
                lab.end()
                group.cancelAll()
            } catch {
                // What was found is told; a replica that is stalled could not end.
                lab.goOn()
                throw error
            }
        }
    }

    private static func loadUnderFaults(
        _ scenario: any Scenario, _ settings: Settings, _ lab: Lab, _ injector: FaultInjector
    ) async throws {
        let end = lab.scheduler.uptime + settings.duration
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scenario.load(lab) }
            group.addTask { try await injector.run(until: end) }
            for try await _ in group {}
        }
        try await injector.heal()
        lab.trace.note("simulation", "faults are over")
    }

    /// Waits until `condition` has nothing to say any more.
    private static func wait(
        on lab: Lab, atMost limit: Duration, lookingEvery pause: Duration = .seconds(1),
        _ condition: @Sendable () async throws -> String?
    ) async throws {
        let end = lab.scheduler.uptime + limit
        var known = ""
        while let missing = try await condition() {
            if missing != known { lab.trace.note("simulation", "waits: \(missing)") }
            known = missing
            guard lab.scheduler.uptime < end else {
                throw Violation(
                    invariant: "everything comes to its end",
                    detail: "\(limit.milliseconds / 1_000) s of quiet were not enough: \(missing)",
                    at: lab.scheduler.uptime)
            }
            try await lab.world.time.sleep(for: pause)
        }
    }

    private struct Finished: Error {}
}
