#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Writes each record to standard error at once, a line in one `write`, so lines of several processes do not mix.
public struct StderrLogSink: LogSink {
    /// What a line looks like.
    public enum Format: String, Sendable, CaseIterable {
        /// One JSON object a line, for collectors.
        case json
        /// Time, level, service, message and metadata, for people.
        case plain
    }

    public let level: LogLevel
    public let format: Format

    public init(level: LogLevel = .info, format: Format = .json) {
        self.level = level
        self.format = format
    }

    public func write(_ record: LogRecord) {
        var line: [UInt8] = []
        switch format {
        case .json: record.appendJSON(to: &line)
        case .plain: record.appendPlain(to: &line)
        }
        line.append(10)
        _ = writeAll(line, to: STDERR_FILENO)
    }
}

/// Writes all bytes, again after an interruption or a partial write.
///
/// - Returns: the `errno` of the failure, or nil.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
