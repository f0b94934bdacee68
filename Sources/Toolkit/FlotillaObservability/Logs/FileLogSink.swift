internal import Synchronization
internal import FlotillaCore

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Appends JSON lines to a file and starts a new one when it has grown to its bound.
///
/// `shop.log` is the current file, `shop.log.1` the one before, up to `shop.log.N`; the oldest is
/// removed. Lines are collected in memory and written when 64 KiB are full, a second has passed
/// since the last write, at a warning or worse, and on ``flush()``. When the disk refuses, lines are
/// dropped and counted in ``droppedCount``: a full disk must not stop the shop.
public final class FileLogSink: LogSink {
    private struct State {
        var descriptor: Int32
        var fileBytes: Int
        var buffer: [UInt8] = []
        var bufferedLines = 0
        var lastWrite: Timestamp?
        var droppedLines = 0
    }

    public let level: LogLevel
    public let path: String
    private let fileBytesMax: Int
    private let filesMax: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: the current file; its folder must exist. Created with mode 0640 when it is missing.
    ///   - fileBytesMax: the size after which a new file is begun, at least 4 KiB; a file is longer by at most one
    ///     buffer.
    ///   - filesMax: how many files are kept, the current one included, 1 to 100.
    /// - Throws: ``ServiceError`` `log-file-unusable` when the file cannot be opened for appending.
    public init(
        path: String, level: LogLevel = .info, fileBytesMax: Int = 16 * 1_048_576, filesMax: Int = 5
    ) throws {
        self.path = path
        self.level = level
        self.fileBytesMax = max(4_096, fileBytesMax)
        self.filesMax = min(max(1, filesMax), 100)
        guard let (descriptor, size) = Self.open(path) else {
            throw ServiceError(
                .internal, "log-file-unusable",
                """
                The log file \(path) cannot be opened for appending (\(String(cString: strerror(errno)))). \
                Check that its folder exists and may be written by this user.
                """)
        }
        state = Mutex(State(descriptor: descriptor, fileBytes: size))
    }

    deinit {
        state.withLock { state in
            writeOut(&state)
            if state.descriptor >= 0 { _ = close(state.descriptor) }
        }
    }

    /// How many lines could not be written.
    public var droppedCount: Int { state.withLock { $0.droppedLines } }

    public func write(_ record: LogRecord) {
        state.withLock { state in
            record.appendJSON(to: &state.buffer)
            state.buffer.append(10)
            state.bufferedLines += 1
            let last = state.lastWrite ?? record.timestamp
            state.lastWrite = last
            if record.level >= .warning || state.buffer.count >= 65_536 || record.timestamp - last >= .seconds(1) {
                writeOut(&state)
                state.lastWrite = record.timestamp
            }
        }
    }

    public func flush() { state.withLock { writeOut(&$0) } }

    private func writeOut(_ state: inout State) {
        guard !state.buffer.isEmpty else { return }
        if state.fileBytes > 0, state.fileBytes + state.buffer.count > fileBytesMax { rotate(&state) }
        // A file that could not be opened once may be openable now.
        if state.descriptor < 0, let (descriptor, size) = Self.open(path) {
            state.descriptor = descriptor
            state.fileBytes = size
        }
        if state.descriptor < 0 || writeAll(state.buffer, to: state.descriptor) != nil {
            state.droppedLines += state.bufferedLines
        } else {
            state.fileBytes += state.buffer.count
        }
        state.buffer.removeAll(keepingCapacity: state.buffer.count <= 131_072)
        state.bufferedLines = 0
    }

    private func rotate(_ state: inout State) {
        if state.descriptor >= 0 { _ = close(state.descriptor) }
        if filesMax == 1 {
            _ = unlink(path)
        } else {
            // Renaming over a file removes it, so the oldest needs no deletion of its own.
            for number in stride(from: filesMax - 1, through: 1, by: -1) {
                _ = rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
            }
        }
        state.descriptor = -1
        state.fileBytes = 0
    }

    private static func open(_ path: String) -> (descriptor: Int32, size: Int)? {
        let descriptor = openForAppending(path)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            _ = close(descriptor)
            return nil
        }
        return (descriptor, Int(status.st_size))
    }
}

private func openForAppending(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
}
