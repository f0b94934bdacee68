internal import FlotillaCore

/// Runs storms for many seeds and says what came of them: `sim --scenario storm`.
struct StormRunner {
    /// How this program is called: `shop sim`.
    let command: String

    /// - Parameter scenario: the name of a ``Storm``, or `storm` for each of them.
    /// - Returns: the exit code: 0 when every invariant held, 1 when one broke, 64 for a name nobody knows.
    func run(_ options: SimulationOptions, _ scenario: String) -> Int32 {
        let storms = scenario == "storm" ? Storm.allCases : Storm.allCases.filter { $0.rawValue == scenario }
        guard !storms.isEmpty else {
            let names = Storm.allCases.map(\.rawValue).joined(separator: ", ")
            write("There is no scenario '\(scenario)'; there are \(names), and storm for all of them.\n")
            return 64
        }
        var mutant: StormMutant?
        if let name = options.mutate {
            guard name != "list" else {
                for mutant in StormMutant.allCases { write("\(mutant.rawValue)  \(mutant.summary)\n") }
                return 0
            }
            mutant = StormMutant(rawValue: name)
            guard mutant != nil else {
                write("There is no mutant '\(name)'; --scenario storm --mutate list prints their names.\n")
                return 64
            }
        }
        let isRandom = options.random || options.seed == nil && options.seeds == 1
        let first = isRandom ? SystemRandom().next() % 1_000_000_000 : options.seed ?? 1
        let began = SystemTime().uptime
        var failures = 0
        for storm in storms {
            failures += run(storm, from: first, options, mutant)
            if failures > 0, mutant != nil { break }
        }
        write("seconds  \(Double((SystemTime().uptime - began).milliseconds / 100) / 10)\n")
        return failures == 0 ? 0 : 1
    }

    /// - Returns: how many seeds broke an invariant; with a mutant the first one is enough.
    private func run(
        _ storm: Storm, from first: UInt64, _ options: SimulationOptions, _ mutant: StormMutant?
    ) -> Int {
        var failures: [StormRun.Report] = []
        var (seeds, calls, attempts, retries) = (0, 0, 0, 0)
        var worst = Duration.zero
        for index in 0..<UInt64(options.seeds) {
            let report = StormRun.run(storm, seed: first &+ index, mutant: mutant)
            if options.digest { write("\(String(report.trail, radix: 16))  \(storm.rawValue) seed \(report.seed)\n") }
            seeds += 1
            calls += report.calls
            attempts += report.attempts
            retries += report.retries
            worst = max(worst, report.recovery)
            if report.violation != nil { failures.append(report) }
            if !failures.isEmpty, mutant != nil { break }
        }
        write(
            """
            \(storm.rawValue): \(seeds) seeds, \(calls) calls, \(attempts) attempts, \(retries) of them repetitions; \
            the last failed call \(worst.milliseconds) ms after the event at the latest; failures: \(failures.count)

            """)
        for failure in failures.prefix(20) {
            let again = "\(command) --scenario \(storm.rawValue)" + (mutant.map { " --mutate \($0.rawValue)" } ?? "")
            write(
                """
                seed \(failure.seed): \(failure.violation?.description ?? "")
                  again: \(again) --seed \(failure.seed)

                """)
        }
        return failures.count
    }
}
