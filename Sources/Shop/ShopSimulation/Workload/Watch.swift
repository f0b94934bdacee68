internal import FlotillaCore
internal import FlotillaRuntime
internal import FlotillaStorage

/// Work that takes a while and must not be done by two: it begins in one transaction and ends in another.
///
/// Where the witness has replicas, it is done under a lease. A replica that is stalled in the midst of it, loses the
/// lease to another and then goes on must not be able to end it.
enum Watch {
    static let migrations = MigrationSet(
        "watch",
        steps: [
            .init("create", "CREATE TABLE watches (position {identity}, keeper INTEGER NOT NULL, ended_after INTEGER)")
        ])

    private static let begin: SQL = "INSERT INTO watches (keeper) VALUES (?1)"
    private static let end: SQL =
        "UPDATE watches SET ended_after = (SELECT MAX(position) FROM watches) WHERE position = ?1"
    private static let overtaken: SQL =
        "SELECT position, ended_after FROM watches WHERE ended_after > position ORDER BY position LIMIT 1"

    static func job(_ needs: ServiceNeeds) -> Job {
        Job("keep-watch", every: .seconds(2)) { _ in
            let (database, keeper) = (needs.database, needs.database.claim)
            // Where nobody could take it over, there is nothing to see.
            guard database.isShared else { return }
            let position = try await database.write { transaction in
                try transaction.execute(begin, keeper)
                return transaction.lastInsertedID
            }
            try await needs.world.time.sleep(for: .seconds(3))
            _ = try await database.write { try $0.execute(end, position) }
        }
    }

    /// What is wrong with the watches as they are now; nil: nothing.
    static func problem(in transaction: Transaction) throws -> String? {
        try transaction.first(overtaken) { "watch \($0.int64(0)) was ended when \($0.int64(1)) had begun already" }
    }
}
