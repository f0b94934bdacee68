internal import FlotillaSimulation
internal import FlotillaStorage

/// Every consumer sees every message once, and those about one thing in the order in which they were sent.
enum MessageInvariants {
    static let all = [seenOnce, seenInOrder, noDeadLetters, watermarksAreThere]

    private static let doubled: SQL =
        "SELECT id, type, subject, COUNT(*) FROM seen GROUP BY id HAVING COUNT(*) > 1 ORDER BY id LIMIT 1"
    private static let dead: SQL = "SELECT type, subject, error FROM held WHERE died_at IS NOT NULL ORDER BY position"
    /// IDs of one producer ascend with its clock; within one subject the later message has the later time.
    private static let disordered: SQL = """
        SELECT earlier.id, later.id, later.subject FROM seen AS later
        JOIN seen AS earlier ON earlier.source = later.source AND earlier.subject = later.subject
            AND earlier.position = (
                SELECT MAX(position) FROM seen
                WHERE source = later.source AND subject = later.subject AND position < later.position)
        WHERE earlier.time > later.time + 61000000 LIMIT 1
        """
    private static let created: SQL =
        "SELECT COUNT(DISTINCT subject) FROM seen WHERE type = 'shop.orders.order-created.v1'"
    private static let orders: SQL = "SELECT COUNT(*) FROM orders"

    private static let seenOnce = Invariant("no message is handled twice", .always) { lab in
        try await lab.read(Witness.name) { transaction in
            try transaction.first(doubled) { "\($0.text(1)) \($0.text(0)) about \($0.text(2)): \($0.int(3)) times" }
        }
    }

    private static let seenInOrder = Invariant("messages about one thing keep their order", .quiet) { lab in
        try await lab.read(Witness.name) { transaction in
            try transaction.first(disordered) { "\($0.text(1)) about \($0.text(2)) came after \($0.text(0))" }
        }
    }

    private static let noDeadLetters = Invariant("there are no dead letters", .quiet) { lab in
        for service in lab.services {
            let letter = try await lab.read(service) { transaction in
                try transaction.first(dead) { "\($0.text(0)) about \($0.text(1)): \($0.text(2))" }
            }
            if let letter { return "\(service) has the dead letter \(letter)" }
        }
        return nil
    }

    private static let watermarksAreThere = Invariant("no message is lost", .quiet) { lab in
        let seen = try await lab.read(Witness.name) { try $0.first(created) { $0.int(0) } ?? 0 }
        let placed = try await lab.read("orders") { try $0.first(orders) { $0.int(0) } ?? 0 }
        return seen == placed ? nil : "\(placed) orders were created and the witness has heard of \(seen)"
    }
}
