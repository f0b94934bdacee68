internal import FlotillaSimulation
internal import FlotillaStorage

/// What services keep of others' messages is what a fresh replay of all messages makes of them.
enum ReplayInvariants {
    static let all =
        readModels.map { model in
            Invariant("\(model.name) equal a fresh replay", .quiet) { lab in
                let kept = try await lab.read(model.service) { try $0.query(model.rows) { $0.text(0) } }
                let made = try await lab.replay(model.service) { try $0.query(model.rows) { $0.text(0) } }
                guard kept != made else { return nil }
                let place = zip(kept, made).first { $0 != $1 }
                return "\(model.service) has \(kept.count) rows, a replay makes \(made.count); "
                    + "\(place?.0 ?? kept.last ?? "none") is \(place?.1 ?? made.last ?? "none") in it"
            }
        } + [searchEqualsProducts]

    /// What of a service's tables is made of messages alone, a text per row, in an order of its own.
    private struct ReadModel: Sendable {
        var name: String
        var service: String
        var rows: SQL
    }

    private static let readModels = [
        ReadModel(
            name: "stock badges", service: "catalog",
            rows: "SELECT id || ' ' || in_stock FROM products ORDER BY id"),
        ReadModel(
            name: "notices to customers", service: "notifications",
            rows: """
                SELECT order_id || ' ' || template || ' ' || user_id || ' ' || title || ' ' || text FROM notices
                ORDER BY order_id, template
                """),
        ReadModel(
            name: "recipients of notices", service: "notifications",
            rows: "SELECT user_id || ' ' || language || ' ' || erased FROM recipients ORDER BY user_id"),
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
