internal import Synchronization

/// Who is told of a database's commits, in the order in which they came.
///
/// Held weakly: participants have the database, and one that was let go of without being closed has to close itself.
final class ParticipantList: Sendable {
    private struct Entry {
        weak var participant: (any CommitParticipant)?
    }

    private let list = Mutex<[Entry]>([])

    var all: [any CommitParticipant] { list.withLock { $0.compactMap(\.participant) } }

    func append(_ participant: any CommitParticipant) {
        list.withLock { list in
            list.removeAll { $0.participant == nil }
            list.append(Entry(participant: participant))
        }
    }

    func remove(_ gone: [any CommitParticipant]) {
        guard !gone.isEmpty else { return }
        list.withLock { list in list.removeAll { one in gone.contains { $0 === one.participant } } }
    }
}
