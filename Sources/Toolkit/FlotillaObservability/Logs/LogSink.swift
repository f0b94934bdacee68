/// Where log records go.
///
/// A sink is shared by all services of a process and called from any thread. It never throws and
/// never blocks for long: a sink that cannot keep up drops and counts.
public protocol LogSink: Sendable {
    /// Records below this level are not for this sink; callers need not even make them.
    var level: LogLevel { get }

    /// Takes one record. Callers have checked ``level``.
    func write(_ record: LogRecord)

    /// Returns when everything taken so far is where it belongs.
    func flush()
}

extension LogSink {
    public func flush() {}
}

/// Throws every record away, for tests that do not look at logs.
public struct NullLogSink: LogSink {
    public init() {}

    public var level: LogLevel { .critical }

    public func write(_ record: LogRecord) {}
}

/// Gives each record to several sinks, each from its own level on.
public struct TeeLogSink: LogSink {
    public let sinks: [any LogSink]
    /// The lowest level any of the sinks takes.
    public let level: LogLevel

    public init(_ sinks: [any LogSink]) {
        self.sinks = sinks
        level = sinks.map(\.level).min() ?? .critical
    }

    public func write(_ record: LogRecord) {
        for sink in sinks where sink.level <= record.level { sink.write(record) }
    }

    public func flush() {
        for sink in sinks { sink.flush() }
    }
}
