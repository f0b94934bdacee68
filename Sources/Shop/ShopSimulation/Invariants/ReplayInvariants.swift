internal import FlotillaSimulation
internal import FlotillaStorage

/// What services keep of others' messages is what a fresh replay of all messages makes of them.
enum ReplayInvariants {
    static let all =
        readModels.map { service, models in
            let names = models.map(\.name).joined(separator: " and ")
            return Invariant("\(names) equal a fresh replay", .quiet) { lab in
                // One replay makes all of a service's models.
                let kept = try await lab.read(service) { transaction in try models.map { try $0.rows(transaction) } }
                let made = try await lab.replay(service) { transaction in try models.map { try $0.rows(transaction) } }
                for (kept, made) in zip(kept, made) where kept != made {
                    let place = zip(kept, made).first { $0 != $1 }
                    return "\(service) has \(kept.count) rows, a replay makes \(made.count); "
                        + "\(place?.0 ?? kept.last ?? "none") is \(place?.1 ?? made.last ?? "none") in it"
                }
                return nil
            }
        } + [searchEqualsProducts]

    /// What of a service's tables is made of messages alone, a text per row, in an order of its own.
    private struct ReadModel: Sendable {
        var name: String
        var sql: SQL

        func rows(_ transaction: Transaction) throws -> [String] { try transaction.query(sql) { $0.text(0) } }
    }

    private static let readModels: [(service: String, models: [ReadModel])] = [
        ("catalog", [ReadModel(name: "stock badges", sql: "SELECT id || ' ' || in_stock FROM products ORDER BY id")]),
        (
            "notifications",
            [
                ReadModel(
                    name: "notices to customers",
                    sql: """
                        SELECT order_id || ' ' || template || ' ' || user_id || ' ' || title || ' ' || text FROM notices
                        ORDER BY order_id, template
                        """),
                ReadModel(
                    name: "recipients of notices",
                    sql: "SELECT user_id || ' ' || language || ' ' || erased FROM recipients ORDER BY user_id"),
            ]
        ),
    ]

    private static let unfound: SQL = """
        SELECT products.id FROM products LEFT JOIN product_search ON product_search.rowid = products.position
        WHERE product_search.name IS NOT products.name OR product_search.details IS NOT products.details
        """

    private static let searchEqualsProducts = Invariant("the index of words has what the products have", .quiet) {
        lab in
        try await lab.read("catalog") { transaction in
            try transaction.first(unfound) { "product \($0.text(0)) is otherwise in the index of words" }
        }
    }
}
