internal import FlotillaSimulation
internal import FlotillaStorage
internal import Synchronization

/// Every consumer sees every message once, and those about one thing in the order in which they were sent.
enum MessageInvariants {
    static func all() -> [Invariant] {
        [seenOnceSoFar(), seenOnce, keptOncePublished, allSeen, seenInOrder, turnsAreTold, noDeadLetters]
    }

    /// The groups are found in the index alone.
    private static let doubled: SQL = """
        SELECT id, type, subject, COUNT(*) FROM seen
        WHERE id = (SELECT id FROM seen GROUP BY id HAVING COUNT(*) > 1 ORDER BY id LIMIT 1) GROUP BY id
        """
    private static let doubledSince: SQL = """
        SELECT id, type, subject, (SELECT COUNT(*) FROM seen AS every WHERE every.id = late.id) FROM seen AS late
        WHERE position > ?1 AND EXISTS (
            SELECT 1 FROM seen AS early WHERE early.id = late.id AND early.position < late.position)
        ORDER BY position LIMIT 1
        """
    private static let lastSeen: SQL = "SELECT COALESCE(MAX(position), 0) FROM seen"
    private static let dead: SQL = "SELECT type, subject, error FROM held WHERE died_at IS NOT NULL ORDER BY position"
    private static let seen: SQL = "SELECT id, source, subject, type FROM seen ORDER BY position"
    private static let seenCount: SQL = "SELECT COUNT(*) FROM seen WHERE source = ?1"
    private static let sentCount: SQL =
        "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)"
    private static let orders: SQL = "SELECT id, status FROM orders ORDER BY id"

    /// Looks at what was seen since the last look; what a disk has forgotten meanwhile, and all that came again in its
    /// place, is left to ``seenOnce``.
    private static func seenOnceSoFar() -> Invariant {
        let looked = Mutex<Int64>(0)
        return Invariant("no message is handled twice", .always) { lab in
            try await lab.read(Witness.name) { transaction in
                let last = try transaction.first(lastSeen) { $0.int64(0) } ?? 0
                let start = looked.withLock { looked in
                    defer { looked = last }
                    return looked
                }
                return try transaction.first(doubledSince, start, row: doubling)
            }
        }
    }

    private static let seenOnce = Invariant("no message was handled twice", .quiet) { lab in
        try await lab.read(Witness.name) { try $0.first(doubled, row: doubling) }
    }

    private static func doubling(_ row: Row) -> String {
        "\(row.text(1)) \(row.text(0)) about \(row.text(2)): \(row.int(3)) times"
    }

    private static let keptOncePublished = Invariant("what was published stays published", .always) { lab in
        lab.published.contradiction
    }

    /// Sequences have no gaps: who has as many as there are has all of them.
    private static let allSeen = Invariant("no message is lost", .quiet) { lab in
        for producer in lab.services where producer != Witness.name {
            let sent = try await lab.read(producer) { try $0.first(sentCount) { $0.int(0) } ?? 0 }
            let got = try await lab.read(Witness.name) { try $0.first(seenCount, producer) { $0.int(0) } ?? 0 }
            if sent != got { return "\(producer) has sent \(sent) messages and the witness has got \(got)" }
        }
        return nil
    }

    private static let seenInOrder = Invariant("messages about one thing keep their order", .quiet) { lab in
        let messages = try await lab.read(Witness.name) { transaction in
            try transaction.query(seen) { (id: $0.text(0), thread: $0.text(1) + " " + $0.text(2), type: $0.text(3)) }
        }
        var last: [String: Int64] = [:]
        for message in messages {
            guard let sequence = lab.published.sequence(of: message.id) else {
                return "\(message.type) \(message.id) was never published"
            }
            if let before = last.updateValue(sequence, forKey: message.thread), before > sequence {
                return "\(message.type) about \(message.thread) came after a later one"
            }
        }
        return nil
    }

    /// The end of an order is told to the others, and told once.
    private static let turnsAreTold = Invariant("the end of every order is told once", .quiet) { lab in
        let ends = try await lab.read("orders") { transaction in
            try transaction.query(orders) { ($0.text(0), $0.text(1)) }
        }
        let told = try await lab.read(Witness.name) { try Witness.told(by: "orders", in: $0) }
        for (order, status) in ends {
            for type in ["order-created", "order-\(status)"] {
                let count = told["shop.orders.\(type).v1 \(order)"] ?? 0
                if count != 1 { return "\(type) of order \(order) was told \(count) times" }
            }
        }
        return nil
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
}
