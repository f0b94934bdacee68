public import ArgumentParser

/// The options of a `sim` command.
public struct SimulationOptions: ParsableArguments, Sendable {
    @Option(help: "The first seed; 1 when several are run, else a random one.") public var seed: UInt64?
    @Flag(help: "Begin with a random seed.") public var random = false
    @Option(help: "How many seeds to run, from the first one on.") public var seeds: Int = 1
    @Option(help: "Virtual minutes of load and faults in each.") public var minutes: Int = 10
    @Option(
        help: """
            Not the whole system but callers and one dependency: retry-storm, cold-cache, slow-dependency, overload, \
            or storm for each of them.
            """) public var scenario: String?
    @Flag(help: "Let nothing go wrong.") public var calm = false
    @Option(help: "Break one mechanism on purpose; 'list' prints their names.") public var mutate: String?
    @Flag(help: "Print the SHA-256 of each trace.") public var digest = false
    @Option(help: "Print what happened to one thing, by its ID, in virtual time; 'first-failure', or 'all'.")
    public var story: String?
    @Flag(help: "Print everything as it happens.") public var watch = false
    @Option(help: "Keep the databases as they were at the end, in this folder.") public var keep: String?
    @Option(help: "How many processes; 0 for one per core.") public var processes: Int = 0
    /// Set for the children: print a line for each seed and take every n-th one.
    @Option(help: .hidden) public var stride: UInt64?

    public init() {}

    /// Refuses numbers beyond their bounds, as ArgumentParser asks for; the command then ends with code 64.
    public func validate() throws {
        guard (1...10_000_000).contains(seeds) else {
            throw ValidationError("--seeds is \(seeds); it has to be between 1 and 10000000.")
        }
        guard (1...1_440).contains(minutes) else {
            throw ValidationError("--minutes is \(minutes); it has to be between 1 and 1440.")
        }
        guard (0...256).contains(processes) else {
            throw ValidationError("--processes is \(processes); it has to be between 0 and 256.")
        }
    }
}
