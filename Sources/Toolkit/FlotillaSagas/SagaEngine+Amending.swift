public import FlotillaCore
internal import FlotillaMessaging
public import FlotillaStorage

/// A saga that learns something new while it waits.
extension SagaEngine {
    /// Changes what a saga remembers while it waits for the answer to a step's command, and sends that command, made
    /// from the new memory, at once.
    ///
    /// The command's earlier forms may still be answered: an answer has to say which form it means, and its
    /// ``SagaReply`` to judge it. The time after which the step is given up goes on from its first command.
    ///
    /// - Parameters:
    ///   - definition: the one the saga runs by.
    ///   - step: where it has to wait.
    ///   - change: what it throws is thrown, and nothing has been written.
    /// - Returns: whether it was changed.
    public func amend<State>(
        _ id: String, of definition: SagaDefinition<State>, at step: String, now: Timestamp,
        in transaction: Transaction, _ change: (inout State) throws -> Void
    ) throws -> SagaAmendment {
        guard var record = try transaction.first(Self.select, id, row: SagaRecord.init),
            record.type == definition.type, record.version == definition.version
        else { return .refused }
        let before = record
        guard let command = try definition.amend(&record, at: step, now: now, change) else { return .refused }
        guard record.state != before.state else { return .needless }
        try save(record, in: transaction)
        try outbox.append([command], cause: cause(of: record), in: transaction)
        return .made
    }
}

/// What became of the wish to change what a saga remembers.
public enum SagaAmendment: Sendable {
    /// It is changed, and its command was sent again.
    case made
    /// It remembered all that before: nothing was written or sent.
    case needless
    /// It does not wait at that step, not any more or not yet, or there is no such saga: nothing was written or sent.
    case refused
}

extension SagaDefinition {
    /// - Returns: the new command; nil when the saga does not wait at the step.
    func amend(
        _ record: inout SagaRecord, at step: String, now: Timestamp, _ change: (inout State) throws -> Void
    ) throws -> Outgoing? {
        guard !record.isOver, !record.isBackward, steps.indices.contains(record.current),
            steps[record.current].id == step, record.steps[record.current] == .running,
            case .remote(let exchange) = steps[record.current].action
        else { return nil }
        var state = try State(messageBytes: record.state)
        try change(&state)
        record.state = try state.messageBytes()
        record.updatedAt = now
        record.attempts = 0
        let command = try send(exchange, step: record.current, isCompensation: false, &record, state, now: now)
        // However often it is changed, the step is given up in its time.
        if steps[record.current].kind != .retriable, let due = record.due {
            record.due = min(due, record.since + exchange.giveUpAfter)
        }
        return command
    }
}
