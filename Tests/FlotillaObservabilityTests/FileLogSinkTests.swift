internal import FlotillaCore
internal import FlotillaObservability
internal import Foundation
internal import Testing

@Suite("Log files") final class FileLogSinkTests {
    let folder: URL

    init() throws {
        let id = World.system().ids.make()
        folder = FileManager.default.temporaryDirectory.appending(path: "flotilla-logs-\(id)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }

    private var path: String { folder.appending(path: "shop.log").path }

    private func lines(_ name: String = "shop.log") throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    private func record(_ level: LogLevel = .info, at second: Int64 = 0, _ message: String = "hello") -> LogRecord {
        LogRecord(
            timestamp: Timestamp(seconds: 1_800_000_000 + second), level: level, service: "orders", message: message)
    }

    @Test("lines wait in memory until they are flushed")
    func buffering() throws {
        let sink = try FileLogSink(path: path)
        sink.write(record())
        #expect(try lines().isEmpty)
        sink.flush()
        #expect(try lines().count == 1)
    }

    @Test("a warning is written at once, with what came before it")
    func warning() throws {
        let sink = try FileLogSink(path: path)
        sink.write(record(.info))
        sink.write(record(.warning))
        #expect(try lines().count == 2)
    }

    @Test("lines are written when the last write is a second ago")
    func oldBuffer() throws {
        let sink = try FileLogSink(path: path)
        sink.write(record(at: 0))
        #expect(try lines().isEmpty)
        sink.write(record(at: 1))
        #expect(try lines().count == 2)
    }

    @Test("what waits is written when the sink goes, and a new sink appends")
    func appends() throws {
        do {
            let sink = try FileLogSink(path: path)
            sink.write(record())
        }
        #expect(try lines().count == 1)
        let again = try FileLogSink(path: path)
        again.write(record(.error))
        #expect(try lines().count == 2)
    }

    @Test("a full file becomes number 1, and only so many are kept, none over the bound by more than a line")
    func rotation() throws {
        let sink = try FileLogSink(path: path, fileBytesMax: 4_096, filesMax: 3)
        for number in 0..<200 { sink.write(record(.warning, "line \(number)")) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["shop.log", "shop.log.1", "shop.log.2"])
        let all = try lines("shop.log.2") + lines("shop.log.1") + lines()
        #expect(all.last?.contains("\"line 199\"") == true)
        #expect(all.count > 60 && all.count < 200)
        for name in names {
            let size = try Data(contentsOf: folder.appending(path: name)).count
            #expect(size <= 4_096)
        }
        // No line is lost or torn at the seams.
        let first = 200 - all.count
        for (offset, line) in all.enumerated() { #expect(line.contains("\"line \(first + offset)\"")) }
        #expect(sink.droppedCount == 0)
    }

    @Test("a file that cannot be opened is refused with what to do")
    func unusable() {
        let error = #expect(throws: ServiceError.self) { try FileLogSink(path: path + "/nowhere/shop.log") }
        #expect(error?.slug == "log-file-unusable")
        #expect(error?.detail.contains("Check that its folder exists") == true)
    }

    @Test("when the disk refuses, lines are dropped and counted, not thrown")
    func fullDisk() throws {
        // /dev/full takes an open and refuses every write.
        let sink = try FileLogSink(path: "/dev/full")
        sink.write(record(.info))
        sink.write(record(.error))
        #expect(sink.droppedCount == 2)
    }
}
