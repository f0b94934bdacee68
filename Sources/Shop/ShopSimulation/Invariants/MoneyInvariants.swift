internal import FlotillaSimulation
internal import FlotillaStorage

/// Money is neither made nor lost: what was captured and not given back is what completed orders cost.
enum MoneyInvariants {
    static func all(_ ledger: ShopLedger) -> [Invariant] {
        [ledgerConserved, completedIsPaid, revenueIsCompletedOrders(ledger), chargedOnce]
    }

    private static let overdrawn: SQL = "SELECT order_id FROM ledger GROUP BY order_id HAVING SUM(amount) < 0"
    private static let kept: SQL = "SELECT order_id, SUM(amount) FROM ledger GROUP BY order_id ORDER BY order_id"
    private static let completed: SQL = "SELECT id, total, status FROM orders ORDER BY id"
    private static let captured: SQL = "SELECT order_id, amount FROM ledger WHERE movement = 'capture'"
    private static let charges: SQL = """
        SELECT substr(idempotency_key, 1, 26), COUNT(*), SUM(amount) FROM charges WHERE status = 'captured'
        GROUP BY substr(idempotency_key, 1, 26) ORDER BY 1
        """

    private static let ledgerConserved = Invariant("no more money goes back than came", .always) { lab in
        try await lab.read("payments") { transaction in
            try transaction.first(overdrawn) { "order \($0.text(0)) got more back than it paid" }
        }
    }

    private static let completedIsPaid = Invariant("no order is completed without its payment", .always) { lab in
        let orders = try await lab.read("orders") { transaction in
            try transaction.query(completed) { ($0.text(0), $0.int64(1), $0.text(2)) }
        }
        let amounts = try await lab.read("payments") { transaction in
            Dictionary(try transaction.query(captured) { ($0.text(0), $0.int64(1)) }) { first, _ in first }
        }
        for (order, total, status) in orders where status == "completed" {
            let amount = amounts[order]
            if amount != total { return "order \(order) costs \(total) and \(amount ?? 0) was captured" }
        }
        return nil
    }

    /// Captured − refunded, order by order, against what each order is.
    private static func revenueIsCompletedOrders(_ ledger: ShopLedger) -> Invariant {
        Invariant("captured minus refunded is what completed orders cost", .quiet) { lab in
            let unrefundable = Set(
                ledger.purchases.filter { $0.cards.contains(.refundRefused) }.flatMap(\.orders))
            let orders = try await lab.read("orders") { transaction in
                try transaction.query(completed) { ($0.text(0), $0.int64(1), $0.text(2)) }
            }
            let money = try await lab.read("payments") { transaction in
                Dictionary(uniqueKeysWithValues: try transaction.query(kept) { ($0.text(0), $0.int64(1)) })
            }
            for (order, total, status) in orders {
                let due = status == "completed" ? total : 0
                let have = money[order] ?? 0
                if have == due || (status == "cancelled" && have == total && unrefundable.contains(order)) { continue }
                return "order \(order) is \(status), costs \(total), and \(have) of it is here"
            }
            return nil
        }
    }

    private static let chargedOnce = Invariant("the provider and the ledger agree, and nobody paid twice", .quiet) {
        lab in
        let booked = try await lab.read(file: "provider.sqlite", of: "payments") { transaction in
            try transaction.query(charges) { ($0.text(0), $0.int(1), $0.int64(2)) }
        }
        let money = try await lab.read("payments") { transaction in
            Dictionary(uniqueKeysWithValues: try transaction.query(kept) { ($0.text(0), $0.int64(1)) })
        }
        for (order, count, amount) in booked {
            if count > 1 { return "the provider charged order \(order) \(count) times" }
            if money[order] ?? 0 != amount {
                return "the provider holds \(amount) for order \(order), the ledger \(money[order] ?? 0)"
            }
        }
        let known = Set(booked.map(\.0))
        for (order, amount) in money.sorted(by: { $0.key < $1.key }) where amount > 0 && !known.contains(order) {
            return "the ledger holds \(amount) for order \(order), the provider nothing"
        }
        return nil
    }
}
