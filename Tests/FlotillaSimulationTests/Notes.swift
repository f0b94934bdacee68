internal import Synchronization

/// What happened, in the order in which it did.
final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var count: Int { lines.withLock { $0.count } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
