internal import FlotillaCore
public import Testing

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Runs a property over seeded inputs: a few in every test run, and as many as there is time for when asked.
///
/// - `FLOTILLA_FUZZ_SECONDS=60` goes on for so long, from a seed that chance picks.
/// - `FLOTILLA_FUZZ_SEED=7` tries that seed alone; with seconds it begins there.
/// - `FLOTILLA_FUZZ_FOLDER=…` keeps the seed under way in a file of that folder, which is there no longer when all
///   went well: so a crash or a hang has its seed too.
///
/// What breaks the property is recorded as an issue, with its seed and the command that tries it again; that ends the
/// run. Other tests get their turn after each input.
public enum Fuzzing {
    /// An input that keeps a processor busy for longer is a finding: who sends it can make anybody wait.
    public static let busyMax: Duration = .seconds(2)

    /// - Parameters:
    ///   - inputs: how many in a usual run: seeds from 0 on.
    ///   - violation: what does not hold for the input of a seed; nil when all does.
    ///   - file: with `test`, how the test is found again: the file has to have the name of its suite.
    public static func run(
        inputs: Int, file: String = #fileID, test: String = #function,
        sourceLocation: SourceLocation = #_sourceLocation, _ violation: (UInt64) -> String?
    ) async {
        await run(inputs, name(file, test), sourceLocation) { seed in
            let start = processorTime()
            if let violation = violation(seed) { return violation }
            let busy = processorTime() - start
            return busy > busyMax ? "took \(busy) of a processor; allowed are \(busyMax)" : nil
        }
    }

    /// The same for what has to wait; how long it takes is its own business.
    public static func run(
        inputs: Int, file: String = #fileID, test: String = #function,
        sourceLocation: SourceLocation = #_sourceLocation, waiting violation: (UInt64) async -> String?
    ) async {
        await run(inputs, name(file, test), sourceLocation, violation)
    }

    private static func run(
        _ inputs: Int, _ name: String, _ location: SourceLocation, _ violation: (UInt64) async -> String?
    ) async {
        let time = SystemTime()
        let asked = number("FLOTILLA_FUZZ_SEED")
        let seconds = number("FLOTILLA_FUZZ_SECONDS")
        let end = seconds.map { time.uptime + .seconds(Int64(clamping: $0)) }
        // Below 2⁵³, so that a seed is easily typed; far enough from 0 not to repeat the usual run.
        let first = asked ?? (seconds == nil ? 0 : SystemRandom().next() >> 11)
        let count = seconds == nil ? (asked == nil ? UInt64(inputs) : 1) : UInt64.max
        let trace = FuzzTrace(folder: text("FLOTILLA_FUZZ_FOLDER"), name: name)
        var tried: UInt64 = 0
        while tried < count, end.map({ time.uptime < $0 }) ?? true {
            let seed = first &+ tried
            trace.note(seed)
            if let violation = await violation(seed) {
                let again = "FLOTILLA_FUZZ_SEED=\(seed) swift test --filter \(name)"
                Issue.record("seed \(seed): \(violation)\nAgain: \(again)", sourceLocation: location)
                return
            }
            tried += 1
            await Task.yield()
        }
        if seconds != nil { say("fuzzed \(name): \(tried) inputs from seed \(first)\n") }
    }

    /// `FlotillaProxyTests/WireFuzzTests.swift` and `requests()` as `swift test --filter` has it.
    private static func name(_ file: String, _ test: String) -> String {
        let suite = file.split(separator: "/").last?.split(separator: ".").first ?? ""
        return "\(suite)/\(test.prefix { $0 != "(" })"
    }

    private static func text(_ variable: String) -> String? { getenv(variable).map { String(cString: $0) } }

    private static func number(_ variable: String) -> UInt64? { text(variable).flatMap { UInt64($0) } }

    private static func say(_ line: String) { _ = write(2, line, line.utf8.count) }

    /// What this thread has used so far, in the kernel too; where the system counts processes only, all of them.
    private static func processorTime() -> Duration {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
        #else
            // RUSAGE_THREAD, which only C with GNU's extensions gets to see.
            getrusage(1, &usage)
        #endif
        return [usage.ru_utime, usage.ru_stime].reduce(.zero) { sum, part in
            sum + .seconds(Int64(part.tv_sec)) + .microseconds(Int64(part.tv_usec))
        }
    }
}
