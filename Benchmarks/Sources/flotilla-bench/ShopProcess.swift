import CLoad
import FlotillaConfiguration
import Foundation
import ShopSystem

/// The Shop in a process of its own, with a core of its own: this program once more, with other arguments.
final class ShopProcess {
    private(set) var gatewayPort = 0
    private(set) var operationsPort = 0
    private let process = Process()
    private let input = Pipe()

    var identifier: Int32 { process.processIdentifier }
    /// CPU seconds it has used so far; zero when the system cannot say.
    var cpu: Double { max(0, load_process_cpu(process.processIdentifier)) }

    /// Starts it and waits until it serves. Called on a thread that is at home where the Shop shall be: a process is
    /// born where its parent's thread is, so that also what counts cores before `main` counts what there is.
    init(data: String, sheds: Bool) throws {
        process.executableURL = URL(fileURLWithPath: try Self.ownPath())
        process.arguments = [Self.argument, data, sheds ? "on" : "off"]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains("\n") {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(output.fileHandleForReading.fileDescriptor, &bytes, bytes.count)
            guard count > 0 else { throw BenchFailure("the Shop ended before it served: \(text)") }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        let ports = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard ports.count == 2 else { throw BenchFailure("the Shop did not say its ports: \(text)") }
        (gatewayPort, operationsPort) = (ports[0], ports[1])
    }

    /// Ends it and waits for that.
    func stop() {
        do { try input.fileHandleForWriting.close() } catch { process.terminate() }
        process.waitUntilExit()
    }

    private static func ownPath() throws -> String {
        #if os(Linux)
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
            return CommandLine.arguments[0]
        #endif
    }
}

extension ShopProcess {
    /// The first argument of a process that is to be the Shop.
    static let argument = "be-the-shop"

    /// Is the Shop until the other end of the standard input is closed, be it by the death of who holds it.
    static func be(_ arguments: [String]) async throws {
        guard arguments.count == 2 else { throw BenchFailure("\(argument) FOLDER on|off") }
        let configuration = try BenchShop.configuration(data: arguments[0], sheds: arguments[1] == "on")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await ShopApplication(configuration).run { say("\($0.gatewayPort) \($0.operationsPort)") }
            }
            group.addTask {
                await withCheckedContinuation { continuation in
                    // A thread, not a task: it blocks.
                    Thread.detachNewThread {
                        _ = FileHandle.standardInput.readDataToEndOfFile()
                        continuation.resume()
                    }
                }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
