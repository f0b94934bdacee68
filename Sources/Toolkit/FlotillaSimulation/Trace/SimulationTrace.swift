internal import FlotillaCore
public import FlotillaObservability
internal import Crypto
internal import Synchronization

/// What happened in a run, in order: calls, messages, faults, warnings; each with its virtual time.
///
/// Its SHA-256 is the run's digest: the same seed and commit give the same one to the byte. The lines themselves
/// are kept only when a story is wanted.
public final class SimulationTrace: LogSink {
    /// One line of the trace.
    public struct Line: Sendable, CustomStringConvertible {
        public var at: Duration
        public var actor: String
        public var text: String
        /// What it is about: an order's ID; empty when it is about nothing in particular.
        public var subject: String
        /// What it belongs to across services.
        public var correlationID: String

        public var description: String {
            let seconds = at.milliseconds / 1_000
            let fraction = String(1_000 + at.milliseconds % 1_000).dropFirst()
            let stamp = "\(seconds / 60):\(String(100 + seconds % 60).dropFirst()).\(fraction)"
            return "\(stamp)  \(actor)  \(text)"
        }
    }

    private struct State {
        var hash = SHA256()
        /// What was noted and is not in the hash yet.
        var text: [UInt8] = []
        var lines: [Line] = []
        var count = 0

        mutating func sum() {
            hash.update(data: text)
            text.removeAll(keepingCapacity: true)
        }
    }

    /// Bytes that are hashed at a time.
    private static let hashedAtOnce = 65_536

    /// Lines kept at the most; the digest covers all of them.
    public static let linesMax = 1_000_000

    private let scheduler: SimulationScheduler
    private let folder: String
    private let keepsLines: Bool
    private let watch: (@Sendable (Line) -> Void)?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - keepsLines: whether ``story(of:)`` can be told afterwards.
    ///   - folder: what is left out where it is named, since its name is another one in each process.
    ///   - watch: is told every line as it happens.
    public init(
        _ scheduler: SimulationScheduler, keepsLines: Bool, folder: String = "",
        watch: (@Sendable (Line) -> Void)? = nil
    ) {
        self.scheduler = scheduler
        self.folder = folder
        self.keepsLines = keepsLines
        self.watch = watch
    }

    /// Takes down what happened now.
    public func note(_ actor: String, _ text: String, about subject: String = "", correlation: String = "") {
        let now = scheduler.uptime
        let text = names(folder, text) ? text.replacing(folder, with: "") : text
        state.withLock { state in
            state.count += 1
            for part in [String(now.microseconds), actor, subject] {
                state.text.append(contentsOf: part.utf8)
                state.text.append(32)
            }
            state.text.append(contentsOf: text.utf8)
            state.text.append(10)
            if state.text.count >= Self.hashedAtOnce { state.sum() }
        }
        guard keepsLines || watch != nil else { return }
        let line = Line(at: now, actor: actor, text: text, subject: subject, correlationID: correlation)
        state.withLock { if keepsLines, $0.lines.count < Self.linesMax { $0.lines.append(line) } }
        watch?(line)
    }

    /// Whether the folder is named in a text. By bytes: every line is asked, and next to none has it.
    private func names(_ folder: String, _ text: String) -> Bool {
        guard !folder.isEmpty else { return false }
        var (folder, text) = (folder, text)
        return folder.withUTF8 { folder in
            text.withUTF8 { text in
                guard text.count >= folder.count else { return false }
                return (0...text.count - folder.count).contains { start in
                    text[start] == folder[0] && text[start...].starts(with: folder)
                }
            }
        }
    }

    /// SHA-256 over everything noted so far, in lower-case hexadecimal.
    public var digest: String {
        let digest = state.withLock { state in
            state.sum()
            return state.hash.finalize()
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// How many lines were noted.
    public var count: Int { state.withLock { $0.count } }

    /// All lines kept.
    public var lines: [Line] { state.withLock { $0.lines } }

    /// What happened to one thing across all services: the lines about it, those that belong to the same calls, and
    /// the faults meanwhile.
    public func story(of subject: String) -> [Line] {
        let lines = lines
        let correlations = Set(lines.filter { $0.subject == subject }.map(\.correlationID)).subtracting([""])
        let isAbout = lines.map { line in
            line.subject == subject || correlations.contains(line.correlationID) || line.text.contains(subject)
        }
        guard let first = isAbout.firstIndex(of: true), let last = isAbout.lastIndex(of: true) else { return [] }
        return (first...last).filter { isAbout[$0] || lines[$0].actor == FaultInjector.actor }.map { lines[$0] }
    }

    /// The first word of `text` that some line is about, for the story of what went wrong; nil when there is none.
    public func subject(namedIn text: String) -> String? {
        let subjects = Set(lines.map(\.subject))
        return text.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init).first { subjects.contains($0) }
    }

    // MARK: LogSink

    /// Everything while a story is wanted, else only what somebody should look at.
    public var level: LogLevel { keepsLines ? .info : .warning }

    public func write(_ record: LogRecord) {
        let metadata = record.metadata.map { " \($0.key)=\($0.value)" }.joined()
        let text = "\(record.level): \(record.message)\(metadata)"
        if record.level >= .warning {
            note(record.service, text, correlation: record.correlationID ?? "")
        } else {
            let line = Line(
                at: scheduler.uptime, actor: record.service, text: text, subject: "",
                correlationID: record.correlationID ?? "")
            state.withLock { if $0.lines.count < Self.linesMax { $0.lines.append(line) } }
        }
    }
}
