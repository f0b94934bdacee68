internal import FlotillaSimulation
internal import FlotillaStorage

/// What still has to happen before the simulated Shop is at rest.
enum Settling {
    /// One card's refunds are refused for ever: its order ends cancelled, and the saga says that it is stuck.
    private static let openSagas: SQL = """
        SELECT COUNT(*), MIN(sagas.id || ' ' || sagas.status) FROM sagas LEFT JOIN orders ON orders.id = sagas.subject
        WHERE sagas.status NOT IN ('completed', 'compensated') AND sagas.due IS NOT NULL
            AND NOT (sagas.status = 'stuck' AND orders.status = 'cancelled')
        """
    private static let openOrderCount: SQL = """
        SELECT COUNT(*), MIN(id || ' ' || status) FROM orders WHERE status NOT IN ('completed', 'cancelled', 'refunded')
        """
    private static let held: SQL = "SELECT COUNT(*), MIN(type || ': ' || error) FROM held WHERE died_at IS NULL"
    private static let activities: SQL = "SELECT COUNT(*), MIN(name || ': ' || error) FROM activities"
    private static let scheduled: SQL = "SELECT COUNT(*), MIN(type) FROM scheduled WHERE type LIKE 'shop.shipping.%'"
    private static let last: SQL = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)"
    private static let watermark: SQL =
        "SELECT COALESCE((SELECT sequence FROM watermarks WHERE consumer = ?1 AND producer = ?2), 0)"

    /// - Returns: what a service still has to do; nil when there is nothing.
    static func missing(in service: String, _ lab: Lab) async throws -> String? {
        let missing = try await lab.read(service) { transaction -> String? in
            for (what, sql) in [
                ("messages are held", held), ("activities wait", activities), ("parcels wait", scheduled),
            ] {
                let (count, example) = try transaction.first(sql) { ($0.int(0), $0.optionalText(1)) } ?? (0, nil)
                if count > 0 { return "\(count) \(what) in \(service) (\(example ?? ""))" }
            }
            return nil
        }
        if let missing { return missing }
        guard service == Witness.name else { return nil }
        // The witness wants every message, so nobody can be further behind than it and at rest.
        for producer in lab.services where producer != Witness.name {
            let sent = try await lab.read(producer) { try $0.first(last) { $0.int64(0) } ?? 0 }
            let seen = try await lab.read(service) { try $0.first(watermark, service, producer) { $0.int64(0) } ?? 0 }
            if seen < sent { return "the witness has seen \(seen) of \(sent) messages of \(producer)" }
        }
        return nil
    }

    static func openOrders(_ lab: Lab) async throws -> String? {
        let (count, example) = try await lab.read("orders") { transaction in
            try transaction.first(openOrderCount) { ($0.int(0), $0.optionalText(1)) } ?? (0, nil)
        }
        if count > 0 { return "\(count) orders are open (\(example ?? ""))" }
        let (open, saga) = try await lab.read("orders") { transaction in
            try transaction.first(openSagas) { ($0.int(0), $0.optionalText(1)) } ?? (0, nil)
        }
        return open > 0 ? "\(open) sagas are open (\(saga ?? ""))" : nil
    }
}
