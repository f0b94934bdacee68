/// Calls that would make two runs of the same code differ, lose an error, or leave a task unowned.
struct BannedCallRule: FileRule {
    static let name = "banned-call"

    private static let clock = "take the time from the World you are given: `world.now`, `world.time.uptime`"
    private static let sleep = "wait on the World you are given: `world.time.sleep(for:)`"
    private static let chance = "take randomness from the World you are given: `world.random`"
    private static let task = "use a task group, or make it a run() of the service: no task without an owner"
    private static let crash = "throw an error that says what happened, or use `precondition` for a programmer's error"

    /// Where the one task is that everything of the process, or of a simulated world, is structured below.
    private static let roots: Set<String> = [
        "Sources/Toolkit/FlotillaSimulation/Scheduler/SimulationScheduler.swift"
    ]

    /// What is looked for as a word of its own in bare code, and what to do instead.
    private static let banned: [(String, String)] = [
        ("Date()", clock), ("Date.now", clock), ("Date(timeIntervalSinceNow:", clock), ("ContinuousClock", clock),
        ("SuspendingClock", clock), ("DispatchTime.now", clock), ("DispatchWallTime.now", clock),
        ("clock_gettime", clock), ("gettimeofday", clock), ("systemUptime", clock),
        ("UUID()", "make IDs with the World you are given: `world.ids.make()`"),
        ("SystemRandomNumberGenerator", chance), (".randomElement()", chance), (".shuffled()", chance),
        ("arc4random", chance), ("Task.sleep", sleep), ("usleep", sleep), ("nanosleep", sleep),
        ("Thread.sleep", sleep), ("Task {", task), ("Task(", task), ("Task.detached", task),
        ("Task.immediate", task), ("Task.init", task), ("try!", crash), ("as!", crash), ("fatalError", crash),
        ("print(", "log with the Telemetry you are given; only the command line prints"),
        ("debugPrint(", "log with the Telemetry you are given; only the command line prints"),
    ]

    /// Tests wait for what they need; they do not sleep.
    private static let bannedInTests: [(String, String)] = ["Task.sleep", "usleep", "nanosleep", "Thread.sleep"].map {
        ($0, "advance a ManualTime, or wait for the event itself: tests do not sleep")
    }

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, !file.isGenerated, file.target != "FlotillaCore" else { return [] }
        guard file.isSource || file.isTest else { return [] }
        let list = file.isSource ? Self.banned : Self.bannedInTests
        var found = list.flatMap { call, instead in
            file.code.offsets(ofWord: call).compactMap { offset -> Finding? in
                let line = file.line(at: offset)
                if Self.roots.contains(file.path), file.codeLine(line).contains("Task(executorPreference:") {
                    return nil
                }
                return finding(file, line: line, "`\(call)` is banned: \(instead)")
            }
        }
        if file.isSource { found += unseededRandom(file) }
        return found.sorted { $0.line < $1.line }
    }

    /// `Int.random(in:)` without `using:` takes the system's generator.
    private func unseededRandom(_ file: SourceText) -> [Finding] {
        file.code.offsets(of: ".random(in:").compactMap { offset in
            let line = file.line(at: offset)
            if file.codeLine(line).contains("using:") { return nil }
            return finding(file, line: line, "`.random(in:)` is banned: \(Self.chance)")
        }
    }
}

/// What can hide an error or a race has its reason beside it.
struct ExplanationRule: FileRule {
    static let name = "explanation"

    private static let wanted: [(String, String)] = [
        ("try?", "say in a comment why the error does not matter here, or handle it"),
        ("@unchecked Sendable", "prove in a comment that it is safe to share"),
        ("nonisolated(unsafe)", "prove in a comment that it is safe to share"),
        ("catch {}", "say in a comment why the error does not matter here, or handle it"),
        ("catch { }", "say in a comment why the error does not matter here, or handle it"),
    ]

    func findings(in file: SourceText) -> [Finding] {
        guard file.isSwift, !file.isGenerated, file.isSource else { return [] }
        return Self.wanted.flatMap { words, message in
            file.code.offsets(ofWord: words).compactMap { offset in
                let line = file.line(at: offset)
                return file.isExplained(line: line) ? nil : finding(file, line: line, "`\(words)`: \(message)")
            }
        }
        .sorted { $0.line < $1.line }
    }
}
