internal import Foundation

/// `shop sim` as a process of its own: a run owns its whole process.
enum SimulationProgram {
    struct Result: Sendable {
        var code: Int32
        var output: String
    }

    /// Runs it to its end, for at most five minutes.
    static func run(_ arguments: [String]) async throws -> Result {
        let process = Process()
        // Nothing in it depends on real time, unlike tests that run beside it: they go first.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["nice", "-n", "15", "timeout", "-s", "KILL", "300", try path(), "sim"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        // What it prints, a table, fits into the pipe.
        let code = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return Result(code: code, output: text)
    }

    /// Products lie beside the tests; from an editor the tests may run elsewhere.
    private static func path() throws -> String {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let folders = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path,
            Bundle.main.bundlePath, "\(package)/.build/debug",
        ]
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/shop") {
            return "\(folder)/shop"
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
