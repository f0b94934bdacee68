internal import FlotillaCore
internal import FlotillaStorage

/// Deletes sessions that have expired, some at a time, so that the writer is never held for long.
struct PruneSessions: Sendable {
    private static let batch = 500
    private static let batchesMax = 100

    let context: UsersContext

    func callAsFunction() async throws {
        let (context, now) = (context, context.world.now)
        for _ in 0..<Self.batchesMax {
            let count = try await context.database.write { transaction in
                try context.sessions.prune(now: now, limit: Self.batch, in: transaction)
            }
            if count < Self.batch { return }
        }
    }
}
