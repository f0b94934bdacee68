internal import FlotillaMessaging
internal import Synchronization

/// What the producers have published, as the broker got it: the truth that consumers are measured by.
///
/// Safe to share between tasks.
public final class PublishedMessages: Sendable {
    private struct State {
        /// By producer and sequence; empty where there was none.
        var ids: [String: [String]] = [:]
        var sequences: [String: Int64] = [:]
        var messages: [Message] = []
        var contradiction: String?

        /// - Returns: what was known under that sequence; nil: nothing.
        mutating func note(_ id: String, as sequence: Int, of producer: String) -> String? {
            let missing = sequence - (ids[producer]?.count ?? 0)
            if missing >= 0 { ids[producer, default: []] += Array(repeating: "", count: missing + 1) }
            let known = ids[producer]?[sequence] ?? ""
            if known != id { ids[producer]?[sequence] = id }
            return known.isEmpty ? nil : known
        }
    }

    private let state = Mutex(State())

    /// What was published and then published otherwise: a producer has forgotten what it had told. Nil: nothing.
    public var contradiction: String? { state.withLock { $0.contradiction } }

    /// Where a message stands among those of its producer, by the message's ID; nil for one nobody has published.
    public func sequence(of id: String) -> Int64? { state.withLock { $0.sequences[id] } }

    /// Each message once, in the order in which the broker first got them.
    var messages: [Message] { state.withLock { $0.messages } }

    func note(_ batch: MessageBatch) {
        state.withLock { state in
            for sequenced in batch.messages {
                let id = sequenced.message.id
                let known = state.note(id, as: Int(sequenced.sequence), of: batch.producer)
                // Most come to several consumers.
                if known == id { continue }
                if state.sequences.updateValue(sequenced.sequence, forKey: id) == nil {
                    state.messages.append(sequenced.message)
                }
                guard let known, known != id, state.contradiction == nil else { continue }
                state.contradiction =
                    "\(batch.producer) published \(known) as its message \(sequenced.sequence), and then \(id)"
            }
        }
    }
}
