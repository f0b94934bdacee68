internal import FlotillaRuntime
internal import FlotillaStorage
internal import Synchronization

/// What the witness writes down beside the messages, several pages at once, so that they share a commit; and what it
/// has been told about each page, kept outside of its machine.
final class Diary: Sendable {
    private struct State {
        var last = 0
        var kept: Set<Int> = []
    }

    /// Every so many pages one is torn out: its transaction fails after the page was written.
    private static let tornEvery = 3
    private static let pagesAtOnce = 4
    /// How far back it is looked for what was kept: what a disk loses, it loses at its end.
    private static let lookBack = 64

    static let migrations = MigrationSet(
        "diary", steps: [.init("create", "CREATE TABLE diary (page INTEGER PRIMARY KEY NOT NULL)")])

    private static let write: SQL = "INSERT INTO diary (page) VALUES (?1)"
    private static let pages: SQL = "SELECT page FROM diary WHERE page > ?1"

    private let state = Mutex(State())

    func job(_ needs: ServiceNeeds) -> Job {
        Job("write-diary", every: .seconds(5)) { _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.pagesAtOnce { group.addTask { try await self.writePage(needs.database) } }
                for try await _ in group {}
            }
        }
    }

    private func writePage(_ database: Database) async throws {
        let page = state.withLock { state in
            state.last += 1
            return state.last
        }
        do {
            try await database.write { transaction in
                try transaction.execute(Self.write, page)
                if page.isMultiple(of: Self.tornEvery) { throw Torn() }
            }
            state.withLock { _ = $0.kept.insert(page) }
        } catch is Torn {
            return
        }
    }

    /// What is wrong with the pages as they are now; nil: nothing.
    func problem(in transaction: Transaction) throws -> String? {
        let state = state.withLock { $0 }
        let start = state.last - Self.lookBack
        let pages = Set(try transaction.query(Self.pages, start) { $0.int(0) })
        if let lost = state.kept.filter({ $0 > start }).subtracting(pages).min() {
            return "page \(lost) was committed and is gone"
        }
        if let torn = pages.filter({ $0.isMultiple(of: Self.tornEvery) }).min() {
            return "the transaction of page \(torn) failed, and the page is there"
        }
        return nil
    }

    private struct Torn: Error {}
}
