internal import FlotillaCore
internal import Foundation

/// Runs a scenario for many seeds and says what came of it: the body of a `sim` command.
public struct SimulationRunner {
    private let command: String
    private let mutants: [Mutant]
    private let make: @Sendable () -> any Scenario
    private let unit: String

    /// - Parameters:
    ///   - command: how this program is called, for the lines that tell how to run a seed again: `shop sim`.
    ///   - mutants: what `--mutate` can break, beside ``Mutant/common``.
    public init<S: Scenario>(
        command: String, mutants: [Mutant] = [], scenario make: @escaping @Sendable () -> S
    ) {
        self.command = command
        self.mutants = Mutant.common + mutants
        self.make = make
        unit = S.unit
    }

    /// Runs what the options say and prints it.
    ///
    /// - Returns: the exit code: 0 when every invariant held, 1 when one broke, 64 for a mutant nobody knows.
    public func run(_ options: SimulationOptions) -> Int32 {
        if let scenario = options.scenario { return StormRunner(command: command).run(options, scenario) }
        var mutant: Mutant?
        if let name = options.mutate {
            guard name != "list" else {
                for mutant in mutants { write("\(mutant.name)  \(mutant.summary)\n") }
                return 0
            }
            mutant = mutants.first { $0.name == name }
            guard mutant != nil else {
                write("There is no mutant '\(name)'; --mutate list prints their names.\n")
                return 64
            }
        }
        var options = options
        if options.random || options.seed == nil && options.seeds == 1 {
            options.seed = SystemRandom().next() % 1_000_000_000
        }
        let processes = options.processes == 0 ? ProcessInfo.processInfo.activeProcessorCount : options.processes
        if options.stride != nil { return runChild(options, mutant) }
        if options.seeds == 1 { return runOne(options, mutant) }
        return SeedFarm(
            options: options, processes: min(processes, options.seeds),
            table: SeedTable(unit: unit, command: replay(options)), stopsAtFailure: mutant != nil
        ).run()
    }

    /// The command that runs the same again, but for the seed.
    private func replay(_ options: SimulationOptions) -> String {
        var text = command
        if options.minutes != 10 { text += " --minutes \(options.minutes)" }
        if options.calm { text += " --calm" }
        if let mutate = options.mutate { text += " --mutate \(mutate)" }
        return text
    }

    private func runOne(_ options: SimulationOptions, _ mutant: Mutant?) -> Int32 {
        let began = SystemTime().uptime
        guard let report = simulate(options, seed: options.seed ?? 1, mutant) else { return 70 }
        var table = SeedTable(unit: unit, command: replay(options))
        table.add(SeedResult(report))
        if let subject = options.story { tell(report, subject) }
        if options.digest { write("\(report.digest)  seed \(report.seed)\n") }
        write("seed \(report.seed)\n" + table.text(elapsed: (SystemTime().uptime - began).inSeconds))
        if let folder = options.keep { report.lab.keepDatabases(in: folder) }
        return report.violation == nil ? 0 : 1
    }

    /// Prints a line for each of its seeds, for the parent to read.
    private func runChild(_ options: SimulationOptions, _ mutant: Mutant?) -> Int32 {
        let stride = options.stride ?? 1
        var hasFailed = false
        for index in 0..<UInt64(options.seeds) {
            let seed = (options.seed ?? 1) &+ index &* stride
            write("seed-begins\t\(seed)\n")
            guard let report = simulate(options, seed: seed, mutant) else { return 70 }
            write(SeedResult(report).line + "\n")
            hasFailed = hasFailed || report.violation != nil
            if hasFailed, mutant != nil { break }
        }
        return hasFailed ? 1 : 0
    }

    private func simulate(_ options: SimulationOptions, seed: UInt64, _ mutant: Mutant?) -> SimulationReport? {
        var settings = Simulation.Settings(seed: seed)
        settings.duration = .seconds(options.minutes * 60)
        settings.faults = options.calm ? .none : .standard
        settings.mutant = mutant
        settings.keepsStory = options.story != nil
        if options.watch { settings.watch = { write("\($0)\n") } }
        // As long in one process as in another: errors that name it are kept in databases.
        let process = 1_000_000_000 + Int(ProcessInfo.processInfo.processIdentifier)
        let folder = NSTemporaryDirectory() + "flotilla-sim-\(process)-\(seed)"
        // What a killed run has left behind, if anything.
        try? FileManager.default.removeItem(atPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // Scratch files; nothing depends on it.
        do {
            return try Simulation.run(make(), settings, folder: folder)
        } catch {
            write("seed \(seed) could not be run: \(error)\n")
            return nil
        }
    }

    private func tell(_ report: SimulationReport, _ subject: String) {
        let trace = report.lab.trace
        var subject: String? = subject
        if subject == "first-failure" { subject = report.violation.flatMap { trace.subject(namedIn: $0.detail) } }
        guard let subject else { return write("There is no failure that names what it is about.\n") }
        for line in subject == "all" ? trace.lines : trace.story(of: subject) { write("\(line)\n") }
    }
}
