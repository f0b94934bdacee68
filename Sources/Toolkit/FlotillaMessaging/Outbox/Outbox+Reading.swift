internal import DequeModule
public import FlotillaStorage
internal import Synchronization

/// What consumers read: from memory where it reaches back that far, else from the table.
extension Outbox {
    private static let select: SQL = """
        SELECT sequence, id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM outbox WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
        """

    /// The messages after `sequence`, in order, at most `limit`.
    public func read(after sequence: Int64, limit: Int) async throws -> [SequencedMessage] {
        let fromTail: [SequencedMessage]? = state.withLock { state in
            state.tailIndex(after: sequence).map { Array(state.tail[$0..<min(state.tail.count, $0 + limit)]) }
        }
        if let fromTail { return fromTail }
        return try await database.read { transaction in
            try transaction.query(Self.select, sequence, limit) { row in
                SequencedMessage(sequence: row.int64(0), message: Message(row, from: 1))
            }
        }
    }

    /// What an interest includes of the messages after `sequence`, in order, at most `limit`.
    ///
    /// - Parameters:
    ///   - last: ``lastSequence``, asked for before.
    ///   - span: how many are looked at, at the most.
    /// - Returns: the messages, and the sequence up to which has been looked at: beyond `sequence` in any case.
    func read(
        after sequence: Int64, upTo last: Int64, lookingAt span: Int, limit: Int, for interest: Interest
    ) async throws -> (messages: [SequencedMessage], upTo: Int64) {
        let fromTail: Reading? = state.withLock { state in
            guard let first = state.tailIndex(after: sequence) else { return nil }
            var reading = Reading(upTo: sequence, limit: limit)
            for sequenced in state.tail[first..<min(state.tail.count, first + span)] {
                guard reading.hasRoom else { break }
                reading.note(sequenced.sequence, interest.includes(sequenced.message) ? sequenced : nil)
            }
            return reading
        }
        var reading = fromTail ?? Reading(upTo: sequence, limit: limit)
        if fromTail == nil {
            try await database.read { transaction in
                _ = try transaction.query(Self.select, sequence, span) { row in
                    guard reading.hasRoom else { return }
                    // Most of what goes by is for others, and need not be made.
                    let isWanted = interest.includes(type: row.text(3), subject: row.text(4))
                    let sequence = row.int64(0)
                    reading.note(
                        sequence,
                        isWanted ? SequencedMessage(sequence: sequence, message: Message(row, from: 1)) : nil)
                }
            }
        }
        // Rows that are not there any more were taken by everybody who wants them.
        return (reading.messages, reading.upTo > sequence ? reading.upTo : last)
    }

    private struct Reading {
        var messages: [SequencedMessage] = []
        var upTo: Int64
        let limit: Int

        init(upTo: Int64, limit: Int) {
            self.upTo = upTo
            self.limit = limit
        }

        var hasRoom: Bool { messages.count < limit }

        mutating func note(_ sequence: Int64, _ message: SequencedMessage?) {
            upTo = sequence
            if let message { messages.append(message) }
        }
    }
}

extension Outbox.State {
    /// Where in the tail the messages after `sequence` begin; nil where it does not reach back that far.
    func tailIndex(after sequence: Int64) -> Int? {
        guard sequence >= tailStart else { return nil }
        guard let first = tail.first?.sequence else { return 0 }
        // Sequences have few gaps, so the place is close to the difference; never before it.
        var index = max(0, min(tail.count, Int(sequence - first) + 1))
        while index > 0, tail[index - 1].sequence > sequence { index -= 1 }
        return index
    }
}
