public import FlotillaCore
internal import FlotillaStorage

/// A saga as it is stored.
public struct SagaRecord: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case running
        case completed
        /// Being taken back.
        case compensating
        /// Taken back.
        case compensated
        /// A compensation, or a step after the pivot, keeps failing. It is still retried; somebody should look.
        case stuck
    }

    /// Where a step stands; the letter is what the database holds.
    public enum StepStatus: Character, Sendable {
        case pending = "-"
        case running = "r"
        case done = "d"
        case refused = "f"
        /// No answer came in time: it may or may not have been done.
        case unknown = "u"
        case compensating = "c"
        case compensated = "x"
        case compensationFailed = "e"

        /// The name in the operations API.
        public var name: String {
            switch self {
            case .pending: "pending"
            case .running: "running"
            case .done: "completed"
            case .refused: "failed"
            case .unknown: "unknown"
            case .compensating: "compensating"
            case .compensated: "compensated"
            case .compensationFailed: "compensation-failed"
            }
        }
    }

    public internal(set) var id: String
    public internal(set) var type: String
    /// Of the definition it began with, and keeps.
    public internal(set) var version: Int
    public internal(set) var subject: String
    public internal(set) var status: Status
    public internal(set) var steps: [StepStatus]
    /// The step it is at, counted from 0.
    public internal(set) var current: Int
    /// Why it is taken back; empty on the way forward.
    public internal(set) var reason: String
    public internal(set) var startedAt: Timestamp
    public internal(set) var updatedAt: Timestamp
    var state: [UInt8]
    /// How often the present command was sent.
    var attempts: Int
    /// When the present command is sent again; nil: nothing is awaited.
    var due: Timestamp?
    /// When the present command was sent first.
    var since: Timestamp
    var traceparent: String
    var correlationID: String

    /// Whether it is on its way back, stuck there included.
    public var isBackward: Bool { !reason.isEmpty }

    /// For documentation.
    public static var example: SagaRecord {
        let at = Timestamp(seconds: 1_767_225_600)
        return SagaRecord(
            id: "01JD8Q3V60Q8J7T5S3R1P0N9M8", type: "checkout", version: 1, subject: "01JD8Q3V5ZK7M2N9R4T6W8X0YB",
            status: .running, steps: [.done, .running], current: 1, reason: "sold-out", startedAt: at, updatedAt: at,
            state: [], attempts: 1, due: nil, since: at, traceparent: "", correlationID: "")
    }

    /// Whether it has ended.
    public var isOver: Bool { status == .completed || status == .compensated }
}

extension SagaRecord {
    init(_ row: Row) {
        id = row.text(0)
        type = row.text(1)
        version = row.int(2)
        subject = row.text(3)
        status = Status(rawValue: row.text(4)) ?? .stuck
        steps = row.text(5).map { StepStatus(rawValue: $0) ?? .pending }
        current = row.int(6)
        reason = row.text(7)
        startedAt = row.timestamp(8)
        updatedAt = row.timestamp(9)
        state = row.bytes(10)
        attempts = row.int(11)
        due = row.optionalTimestamp(12)
        since = row.timestamp(13)
        traceparent = row.text(14)
        correlationID = row.text(15)
    }

    var stepsText: String { String(steps.map(\.rawValue)) }
}
