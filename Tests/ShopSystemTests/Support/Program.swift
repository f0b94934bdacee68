internal import FlotillaCore
internal import Foundation

/// A program of this package as a process of its own. What it prints goes to files, so that nothing is lost.
///
/// It is killed when the test lets go of it, and in any case after five minutes, also when the test itself was killed.
final class Program: Sendable {
    private static let lifetimeMax = 300
    private let process: Process
    private let outputPath: String
    private let errorPath: String

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - name: of the product: `shop`.
    ///   - run: names this run in the folder: `start-2`.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], in folder: TestFolder,
        run: String
    ) throws {
        outputPath = "\(folder.path)/\(run).out"
        errorPath = "\(folder.path)/\(run).err"
        process = Process()
        // `timeout` leads a process group of its own: killing the group kills the program and its guard at once.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["-s", "KILL", "\(Self.lifetimeMax)", try Self.path(of: name)] + arguments
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SHOP_") }
        // A crash that is meant needs no report of where it happened.
        variables["SWIFT_BACKTRACE"] = "enable=no"
        variables.merge(environment) { _, given in given }
        process.environment = variables
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(outputPath)
        process.standardError = try Self.file(errorPath)
        try process.run()
    }

    deinit { signalGroup() }

    var isRunning: Bool { process.isRunning }

    /// What it has written to its standard output.
    var output: String { text(outputPath) }

    /// What it has written to its standard error.
    var errors: String { text(errorPath) }

    /// Ends it as a power cut would, and returns when it is gone.
    func kill() async throws {
        _ = try await wait(until: "the program was dead", every: .milliseconds(2)) { () -> Bool? in
            signalGroup()
            return process.isRunning ? nil : true
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code.
    func exitCode(within limit: Duration = .seconds(60)) async throws -> Int32 {
        try await wait(until: "the program had ended", within: limit, every: .milliseconds(5)) {
            process.isRunning ? nil : process.terminationStatus
        }
    }

    /// Waits until it has printed a line with these words.
    ///
    /// - Returns: what stands behind the words in that line.
    func line(after words: String, within limit: Duration = .seconds(60)) async throws -> String {
        try await wait(until: "the program printed '\(words)'", within: limit, every: .milliseconds(5)) {
            let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
            // The last one may not be complete yet.
            for line in lines.dropLast() {
                guard let range = line.range(of: words) else { continue }
                return line[range.upperBound...].trimmingCharacters(in: .whitespaces)
            }
            guard process.isRunning else {
                throw WaitedInVain(what: "the program printed '\(words)'; it has ended and says: \(errors)")
            }
            return nil
        }
    }

    private func signalGroup() {
        guard process.isRunning, process.processIdentifier > 0 else { return }
        _ = Foundation.kill(-process.processIdentifier, SIGKILL)
    }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func file(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw CocoaError(.fileWriteUnknown) }
        return file
    }

    /// Products lie beside the tests; from an editor the tests may run elsewhere.
    private static func path(of name: String) throws -> String {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let folders = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path,
            Bundle.main.bundlePath, "\(package)/.build/debug",
        ]
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        throw WaitedInVain(what: "the program \(name) was built: it is in none of \(folders)")
    }
}
