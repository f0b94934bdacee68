internal import Synchronization

/// Who is told of a database's commits, in the order in which they came.
///
/// Held weakly: participants have the database, and one that was let go of without being closed has to close itself.
final class ParticipantList: Sendable {
    private struct Entry {
        weak var participant: (any CommitParticipant)?
    }

    private let list = Mutex<[Entry]>([])
    /// What all users of the database have in common; held as long as the list is.
    private let objects = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])

    var all: [any CommitParticipant] { list.withLock { $0.compactMap(\.participant) } }

    func append(_ participant: any CommitParticipant) {
        list.withLock { list in
            list.removeAll { $0.participant == nil }
            list.append(Entry(participant: participant))
        }
    }

    /// The one object of its type, told of commits if it wants to be.
    func shared<Object: AnyObject & Sendable>(_ make: () -> Object) -> Object {
        objects.withLock { objects in
            if let known = objects[ObjectIdentifier(Object.self)] as? Object { return known }
            let new = make()
            objects[ObjectIdentifier(Object.self)] = new
            if let participant = new as? any CommitParticipant { append(participant) }
            return new
        }
    }

    func remove(_ gone: [any CommitParticipant]) {
        guard !gone.isEmpty else { return }
        list.withLock { list in list.removeAll { one in gone.contains { $0 === one.participant } } }
    }
}
