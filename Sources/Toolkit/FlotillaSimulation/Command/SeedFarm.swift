internal import FlotillaCore
internal import Foundation
internal import Synchronization

/// Runs seeds in child processes, as many as there are cores: a run owns its whole process.
struct SeedFarm: Sendable {
    let options: SimulationOptions
    let processes: Int
    let table: SeedTable
    /// Whether one failure is all that is wanted, as with a mutant.
    let stopsAtFailure: Bool

    /// - Returns: the exit code.
    func run() -> Int32 {
        let began = SystemTime().uptime
        var children: [Child] = []
        for index in 0..<processes {
            do {
                children.append(try Child(arguments(of: index)))
            } catch {
                write("A process could not be started: \(error)\n")
                for child in children { child.stop() }
                return 70
            }
        }
        let tally = Tally(table)
        let (running, stopsAtFailure) = (children, stopsAtFailure)
        DispatchQueue.concurrentPerform(iterations: running.count) { index in
            running[index].read { line in
                guard let result = SeedResult(line: line) else { return }
                if tally.add(result), stopsAtFailure {
                    for child in running { child.stop() }
                }
            }
        }
        var isBroken = false
        for child in children {
            let (code, seed) = child.ended()
            guard code != 0, code != 1, !(stopsAtFailure && tally.hasFailed) else { continue }
            isBroken = true
            write("A process ended with code \(code) in the midst of seed \(seed.map(String.init) ?? "none").\n")
        }
        let elapsed = (SystemTime().uptime - began).inSeconds
        let result = tally.table
        if options.digest {
            for result in result.results.sorted(by: { $0.seed < $1.seed }) {
                write("\(result.digest)  seed \(result.seed)\n")
            }
        }
        write(result.text(elapsed: elapsed))
        return isBroken ? 70 : result.failures.isEmpty ? 0 : 1
    }

    /// Child number i takes the seeds first + i, first + i + n, first + i + 2 n …
    private func arguments(of index: Int) -> [String] {
        let share = (options.seeds - index + processes - 1) / processes
        var arguments = [
            "sim", "--seed", String((options.seed ?? 1) &+ UInt64(index)), "--seeds", String(share),
            "--minutes", String(options.minutes), "--stride", String(processes),
        ]
        if options.calm { arguments.append("--calm") }
        if let mutate = options.mutate { arguments += ["--mutate", mutate] }
        return arguments
    }

    /// The table, while several readers fill it.
    private final class Tally: Sendable {
        private let state: Mutex<SeedTable>

        init(_ table: SeedTable) { state = Mutex(table) }

        var table: SeedTable { state.withLock { $0 } }
        var hasFailed: Bool { state.withLock { !$0.failures.isEmpty } }

        /// - Returns: whether this is the first failure.
        func add(_ result: SeedResult) -> Bool {
            state.withLock { table in
                let isFirst = table.failures.isEmpty && result.violation != nil
                table.add(result)
                return isFirst
            }
        }
    }

    /// One process at work.
    private final class Child: @unchecked Sendable {
        // Sendable because `process` is told to stop by any thread, which Foundation allows, and the rest belongs
        // to the one thread that reads.
        private let process = Process()
        private let output = Pipe()
        private var lastBegun: UInt64?

        init(_ arguments: [String]) throws {
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = arguments
            process.standardOutput = output
            try process.run()
        }

        /// Not with SIGTERM: who runs us may have blocked it, and children inherit that. There is nothing to tidy up.
        func stop() {
            guard process.isRunning else { return }
            _ = kill(process.processIdentifier, SIGKILL)
        }

        func read(_ take: (Substring) -> Void) {
            var rest = ""
            while true {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { break }
                rest += String(decoding: data, as: UTF8.self)
                while let end = rest.firstIndex(of: "\n") {
                    let line = rest[..<end]
                    if line.hasPrefix("seed-begins\t") { lastBegun = UInt64(line.dropFirst(12)) }
                    take(line)
                    rest = String(rest[rest.index(after: end)...])
                }
            }
        }

        func ended() -> (code: Int32, seed: UInt64?) {
            process.waitUntilExit()
            return (process.terminationStatus, lastBegun)
        }
    }
}
