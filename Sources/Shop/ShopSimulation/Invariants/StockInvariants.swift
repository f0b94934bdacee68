internal import FlotillaSimulation
internal import FlotillaStorage

/// Pieces are neither made nor lost, and nothing is sold that is not there.
enum StockInvariants {
    static let all = [neverNegative, reservedAddsUp, reservationsResolved, badgesAgree]

    private static let negative: SQL =
        "SELECT product_id, on_hand, reserved FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand"
    private static let unbalanced: SQL = """
        SELECT stock.product_id, stock.reserved, COALESCE(SUM(lines.quantity), 0) FROM stock
        LEFT JOIN (
            SELECT reservation_lines.* FROM reservation_lines
            JOIN reservations ON reservations.order_id = reservation_lines.order_id
                AND reservations.state = 'reserved') AS lines
            ON lines.product_id = stock.product_id AND lines.warehouse = stock.warehouse
        GROUP BY stock.product_id, stock.warehouse, stock.reserved
        HAVING stock.reserved <> COALESCE(SUM(lines.quantity), 0)
        """
    private static let open: SQL = "SELECT order_id FROM reservations WHERE state = 'reserved' ORDER BY order_id"
    private static let available: SQL =
        "SELECT product_id, SUM(on_hand - reserved) > 0 FROM stock GROUP BY product_id ORDER BY product_id"
    private static let badge: SQL = "SELECT in_stock FROM products WHERE id = ?1"

    private static let neverNegative = Invariant("stock is never negative and never oversold", .always) { lab in
        try await lab.read("inventory") { transaction in
            try transaction.first(negative) { row in
                "\(row.text(0)) has \(row.int(1)) pieces, \(row.int(2)) of them reserved"
            }
        }
    }

    private static let reservedAddsUp = Invariant("what is reserved adds up", .always) { lab in
        try await lab.read("inventory") { transaction in
            try transaction.first(unbalanced) { row in
                "of \(row.text(0)) \(row.int(1)) pieces are reserved, by reservations for \(row.int(2))"
            }
        }
    }

    private static let reservationsResolved = Invariant("reservations are all resolved", .quiet) { lab in
        try await lab.read("inventory") { transaction in
            try transaction.first(open) { "order \($0.text(0)) still reserves its items" }
        }
    }

    private static let badgesAgree = Invariant("the catalog's stock badges equal the stock", .quiet) { lab in
        let stock = try await lab.read("inventory") { transaction in
            try transaction.query(available) { ($0.text(0), $0.int(1) == 1) }
        }
        return try await lab.read("catalog") { transaction in
            for (product, isAvailable) in stock {
                let shown = try transaction.first(badge, product) { $0.int(0) == 1 }
                if let shown, shown != isAvailable {
                    return "\(product) is \(isAvailable ? "available" : "sold out"), the catalog shows otherwise"
                }
            }
            return nil
        }
    }
}
