internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage

/// What happens in a saga: a pure function of its record and an event, apart from what local steps
/// do to the transaction they are given. It returns the messages to send.
protocol SagaMachine: Sendable {
    var type: String { get }
    var version: Int { get }
    var shape: [SagaStepShape] { get }
    var replyTypes: Set<String> { get }

    func start(_ record: inout SagaRecord, in transaction: Transaction) throws -> [Outgoing]
    func reply(
        _ message: Message, to mark: SagaMark, _ record: inout SagaRecord, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing]
    func timeOut(_ record: inout SagaRecord, now: Timestamp, in transaction: Transaction) throws -> [Outgoing]
    func abort(
        _ record: inout SagaRecord, reason: String, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing]
}

/// A step as people see it.
public struct SagaStepShape: Sendable {
    public let id: String
    public let action: String
    public let service: String
    public let compensation: String?

    public init(id: String, action: String, service: String, compensation: String?) {
        self.id = id
        self.action = action
        self.service = service
        self.compensation = compensation
    }
}

/// Says which request of which saga a message belongs to; travels in the envelope from a command to its replies.
struct SagaMark: Equatable {
    var saga: String
    var step: Int
    var isCompensation: Bool

    var text: String { "\(saga)#\(step)\(isCompensation ? "!" : "")" }

    init(saga: String, step: Int, isCompensation: Bool) {
        self.saga = saga
        self.step = step
        self.isCompensation = isCompensation
    }

    init?(_ text: String) {
        guard let hash = text.lastIndex(of: "#") else { return nil }
        var rest = text[text.index(after: hash)...]
        isCompensation = rest.last == "!"
        if isCompensation { rest.removeLast() }
        guard let step = Int(rest) else { return nil }
        self.saga = String(text[..<hash])
        self.step = step
    }
}

extension SagaDefinition: SagaMachine {
    var shape: [SagaStepShape] {
        steps.map {
            SagaStepShape(id: $0.id, action: $0.name, service: $0.service, compensation: $0.compensation?.name)
        }
    }

    var replyTypes: Set<String> {
        var types: Set<String> = []
        for step in steps {
            for case .remote(let exchange) in [step.action, step.compensation?.action].compactMap({ $0 }) {
                types.formUnion(exchange.replies.map(\.type))
            }
        }
        return types
    }

    func start(_ record: inout SagaRecord, in transaction: Transaction) throws -> [Outgoing] {
        var state = try State(messageBytes: record.state)
        defer { record.updatedAt = record.startedAt }
        return try enter(0, &record, &state, now: record.startedAt, in: transaction)
    }

    func reply(
        _ message: Message, to mark: SagaMark, _ record: inout SagaRecord, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        // Answers that come twice, or after the saga has moved on, change nothing.
        guard !record.isOver, mark.step < steps.count, let exchange = exchange(for: mark),
            let reply = exchange.replies.first(where: { $0.type == message.type })
        else { return [] }
        let status = record.steps[mark.step]
        if mark.isCompensation {
            guard status == .compensating || status == .compensationFailed else { return [] }
        } else {
            guard status == .running, record.current == mark.step, !record.isBackward else { return [] }
        }
        var state = try State(messageBytes: record.state)
        let run = run(record, now)
        let verdict = try reply.take(transaction, &state, run, message.data)
        switch (verdict, mark.isCompensation) {
        case (.ignored, _):
            return []
        case (.done(let messages), false):
            record.steps[mark.step] = .done
            record.updatedAt = now
            return try messages + enter(mark.step + 1, &record, &state, now: now, in: transaction)
        case (.refused(let reason, let messages), false):
            record.updatedAt = now
            return try messages + refuse(reason, &record, &state, now: now, in: transaction)
        case (.done(let messages), true):
            record.steps[mark.step] = .compensated
            record.updatedAt = now
            return try messages + goBack(&record, &state, now: now, in: transaction)
        case (.refused(_, let messages), true):
            record.steps[mark.step] = .compensationFailed
            record.updatedAt = now
            record.state = try state.messageBytes()
            return try messages + goBack(&record, &state, now: now, in: transaction)
        }
    }

    func timeOut(_ record: inout SagaRecord, now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        guard !record.isOver, let due = record.due, due <= now else { return [] }
        var state = try State(messageBytes: record.state)
        record.updatedAt = now
        if record.isBackward { return try timeOutBackward(&record, &state, now: now, in: transaction) }
        let step = steps[record.current]
        guard case .remote(let exchange) = step.action else { return [] }
        let isHopeless = now - record.since >= exchange.giveUpAfter
        if isHopeless, step.kind != .retriable {
            record.steps[record.current] = .unknown
            return try turn("timed-out", &record, &state, now: now, in: transaction)
        }
        if isHopeless { record.status = .stuck }
        return [try send(exchange, step: record.current, isCompensation: false, &record, state, now: now)]
    }

    func abort(
        _ record: inout SagaRecord, reason: String, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard record.status == .running, !record.isBackward, record.current < steps.count,
            !steps[...record.current].contains(where: { $0.kind == .retriable })
        else { return [] }
        var state = try State(messageBytes: record.state)
        record.updatedAt = now
        if record.steps[record.current] == .running { record.steps[record.current] = .unknown }
        return try turn(reason, &record, &state, now: now, in: transaction)
    }
}
