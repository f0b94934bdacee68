import Foundation

/// Prints a line at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// The figures of a run, each beside its aim.
struct FigureTable {
    private var rows: [[String]] = [["figure", "measured", "aim or peer"]]

    mutating func add(_ name: String, _ value: String, aim: String = "") {
        rows.append([name, value, aim])
        say("  \(name): \(value)\(aim.isEmpty ? "" : "   (\(aim))")")
    }

    var text: String {
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        lines.insert("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|", at: 1)
        return "\n" + lines.joined(separator: "\n")
    }
}

/// What this process has used so far.
struct Usage {
    var seconds: Double
    var cpu: Double

    static func now() -> Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Usage(
            seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9,
            cpu: Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6)
    }

    func since(_ start: Usage) -> Usage { Usage(seconds: seconds - start.seconds, cpu: cpu - start.cpu) }
}

enum Machine {
    static func describe() -> String {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        return "\(ProcessInfo.processInfo.activeProcessorCount) × \(cpu), "
            + "\(ProcessInfo.processInfo.physicalMemory >> 30) GiB"
    }

    /// Resident memory in MB.
    static func residentMegabytes() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096 / 1_000_000
    }
}

/// Times in seconds, for percentiles.
struct Samples {
    private(set) var values: [Double] = []
    mutating func add(_ value: Double) { values.append(value) }
    mutating func add(_ more: [Double]) { values += more }

    func percentiles() -> String {
        let sorted = values.sorted()
        func at(_ share: Double) -> String {
            guard !sorted.isEmpty else { return "–" }
            let value = sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
            return String(format: "%.1f", value * 1000)
        }
        return "\(at(0.5)) / \(at(0.95)) / \(at(0.99)) ms"
    }
}

func perSecond(_ count: Int, _ usage: Usage) -> String { String(format: "%.0f/s", Double(count) / usage.seconds) }

func cpuPerThousand(_ count: Int, _ usage: Usage) -> String {
    String(format: "%.2f s", usage.cpu / Double(count) * 1000)
}

/// A folder that is gone when the value is.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let process = ProcessInfo.processInfo.processIdentifier
        path = NSTemporaryDirectory() + "flotilla-bench-\(process)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
