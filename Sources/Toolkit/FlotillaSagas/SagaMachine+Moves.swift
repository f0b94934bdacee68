internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage

/// The moves a saga is made of: enter a step, turn back, take back the next step, send again.
extension SagaDefinition {
    func exchange(for mark: SagaMark) -> SagaExchange<State>? {
        let action = mark.isCompensation ? steps[mark.step].compensation?.action : steps[mark.step].action
        guard case .remote(let exchange) = action else { return nil }
        return exchange
    }

    func run(_ record: SagaRecord, _ now: Timestamp) -> SagaRun {
        SagaRun(
            id: record.id, subject: record.subject, reason: record.reason, now: now,
            correlationID: record.correlationID)
    }

    /// Does local steps from `first` on until a participant has to be asked, or the saga is complete.
    func enter(
        _ first: Int, _ record: inout SagaRecord, _ state: inout State, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        var messages: [Outgoing] = []
        record.status = .running
        record.attempts = 0
        for index in first..<steps.count {
            record.current = index
            switch steps[index].action {
            case .local(let perform):
                messages += try perform(transaction, &state, run(record, now))
                record.steps[index] = .done
            case .remote(let exchange):
                record.steps[index] = .running
                record.since = now
                messages.append(try send(exchange, step: index, isCompensation: false, &record, state, now: now))
                record.state = try state.messageBytes()
                return messages
            }
        }
        record.status = .completed
        record.due = nil
        record.state = try state.messageBytes()
        return messages
    }

    /// A participant said no: before the pivot, and at it, the saga turns back; after it, it tries again.
    func refuse(
        _ reason: String, _ record: inout SagaRecord, _ state: inout State, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard steps[record.current].kind == .retriable else {
            record.steps[record.current] = .refused
            return try turn(reason, &record, &state, now: now, in: transaction)
        }
        record.status = .stuck
        record.state = try state.messageBytes()
        record.due = now + pause(after: record.attempts, of: exchangeOfCurrent(record))
        return []
    }

    /// From here on the saga goes back.
    func turn(
        _ reason: String, _ record: inout SagaRecord, _ state: inout State, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        record.reason = reason
        record.status = .compensating
        return try goBack(&record, &state, now: now, in: transaction)
    }

    /// Takes back the last step that was, or may have been, done; local ones at once, up to one that has
    /// to be asked for.
    func goBack(
        _ record: inout SagaRecord, _ state: inout State, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        var messages: [Outgoing] = []
        while let index = record.steps.lastIndex(where: { $0 == .done || $0 == .unknown || $0 == .compensating }) {
            // A retry of an earlier failure may come in while a later one is still awaited.
            if record.steps[index] == .compensating { break }
            record.current = index
            switch steps[index].compensation?.action {
            case .none:
                record.steps[index] = .compensated
            case .local(let perform):
                messages += try perform(transaction, &state, run(record, now))
                record.steps[index] = .compensated
            case .remote(let exchange):
                record.steps[index] = .compensating
                record.attempts = 0
                record.since = now
                messages.append(try send(exchange, step: index, isCompensation: true, &record, state, now: now))
                record.state = try state.messageBytes()
                return messages
            }
        }
        record.state = try state.messageBytes()
        if record.steps.contains(.compensating) { return messages }
        guard let failed = record.steps.firstIndex(of: .compensationFailed) else {
            record.status = .compensated
            record.due = nil
            return messages
        }
        // Everything else is taken back; what failed is tried until it works.
        record.status = .stuck
        record.current = failed
        record.due = now + pause(after: max(1, record.attempts), of: exchangeOfCurrent(record))
        return messages
    }

    func timeOutBackward(
        _ record: inout SagaRecord, _ state: inout State, now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard let exchange = exchangeOfCurrent(record) else { return [] }
        if record.steps[record.current] == .compensating, now - record.since >= exchange.giveUpAfter {
            record.steps[record.current] = .compensationFailed
            return try goBack(&record, &state, now: now, in: transaction)
        }
        return [try send(exchange, step: record.current, isCompensation: true, &record, state, now: now)]
    }

    /// The command of a step, and the note of when to send it again.
    func send(
        _ exchange: SagaExchange<State>, step: Int, isCompensation: Bool, _ record: inout SagaRecord, _ state: State,
        now: Timestamp
    ) throws -> Outgoing {
        record.attempts += 1
        record.due = now + pause(after: record.attempts, of: exchange)
        var command = try exchange.command(state, run(record, now))
        command.saga = SagaMark(saga: record.id, step: step, isCompensation: isCompensation).text
        return command
    }

    private func exchangeOfCurrent(_ record: SagaRecord) -> SagaExchange<State>? {
        exchange(for: SagaMark(saga: record.id, step: record.current, isCompensation: record.isBackward))
    }

    private func pause(after attempts: Int, of exchange: SagaExchange<State>?) -> Duration {
        let first = exchange?.resendAfter ?? .seconds(30)
        return min(max(first, .seconds(600)), first * (1 << min(max(0, attempts - 1), 16)))
    }
}
