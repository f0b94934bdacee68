internal import FlotillaHTTP
internal import FlotillaSimulation
internal import FlotillaStorage
internal import HTTPTypes

/// Every accepted order comes to a legal end, and all services agree on which.
enum OrderInvariants {
    static func all(_ ledger: ShopLedger, _ products: [String]) -> [Invariant] {
        [
            OrderLook.invariant(), eventsAreGapless, listsFollowEvents,
            oneOrderPerKey(ledger), acceptedOrdersExist(ledger),
            endsAreLegal(ledger), servicesAgree, scarceStockAddsUp(products),
        ]
    }

    private static let gaps: SQL = """
        SELECT stream, COUNT(*), MAX(version) FROM events GROUP BY stream HAVING COUNT(*) <> MAX(version)
        """
    private static let staleRows: SQL = """
        SELECT orders.id, orders.version, (SELECT MAX(version) FROM events WHERE stream = 'order-' || orders.id)
        FROM orders
        WHERE orders.version <> (SELECT MAX(version) FROM events WHERE stream = 'order-' || orders.id)
        """
    /// The last event that changed a status, against the status in lists.
    private static let staleStatuses: SQL = """
        SELECT id, status, turn FROM (
            SELECT orders.id, orders.status, (
                SELECT CASE type
                    WHEN 'order-placed.v1' THEN 'created' WHEN 'payment-requested.v1' THEN 'awaitingPayment'
                    WHEN 'order-paid.v1' THEN 'paid' WHEN 'shipping-scheduled.v1' THEN 'shipping'
                    WHEN 'order-completed.v1' THEN 'completed' WHEN 'order-cancelled.v1' THEN 'cancelled'
                    WHEN 'order-refunded.v1' THEN 'refunded' END
                FROM events WHERE stream = 'order-' || orders.id AND type IN (
                    'order-placed.v1', 'payment-requested.v1', 'order-paid.v1', 'shipping-scheduled.v1',
                    'order-completed.v1', 'order-cancelled.v1', 'order-refunded.v1')
                ORDER BY version DESC LIMIT 1) AS turn
            FROM orders)
        WHERE status <> turn LIMIT 1
        """
    private static let ids: SQL = "SELECT id, status FROM orders ORDER BY id"
    private static let listed: SQL = """
        SELECT id, status || ' ' || total || ' ' || currency || ' ' || line_count || ' ' || user_id FROM orders
        ORDER BY id
        """
    private static let keys: SQL = "SELECT key, order_id FROM order_keys"
    private static let payment: SQL = "SELECT status FROM payments WHERE order_id = ?1"
    private static let reservation: SQL = "SELECT state FROM reservations WHERE order_id = ?1"
    private static let booking: SQL = "SELECT outcome || '/' || status FROM bookings WHERE order_id = ?1"

    private static let eventsAreGapless = Invariant("no event of an order was lost or doubled", .quiet) { lab in
        try await lab.read("orders") { transaction in
            let gap = try transaction.first(gaps) { row in
                "\(row.text(0)) has \(row.int(1)) events up to \(row.int(2))"
            }
            if let gap { return gap }
            return try transaction.first(staleRows) { row in
                "order \(row.text(0)) is listed at version \(row.int(1)), its stream is at \(row.int(2))"
            }
        }
    }

    private static let listsFollowEvents = Invariant("all lists of orders say what their events say", .quiet) { lab in
        try await lab.read("orders") { transaction in
            try transaction.first(staleStatuses) { row in
                "order \(row.text(0)) is \(row.text(1)) in lists and \(row.text(2)) by its events"
            }
        }
    }

    private static func oneOrderPerKey(_ ledger: ShopLedger) -> Invariant {
        Invariant("one order per idempotency key", .always) { _ in
            ledger.doubled.map { "key \($0.key) became \($0.orders.sorted())" }
        }
    }

    private static func acceptedOrdersExist(_ ledger: ShopLedger) -> Invariant {
        Invariant("no accepted order is lost", .always) { lab in
            let known = Set(try await lab.read("orders") { try $0.query(ids) { $0.text(0) } })
            return ledger.firstOrder(where: { !known.contains($0) }).map { order, purchase in
                "order \(order), accepted for \(purchase.customer), is not there"
            }
        }
    }

    private static func endsAreLegal(_ ledger: ShopLedger) -> Invariant {
        Invariant("every order came to an end the model allows", .quiet) { lab in
            let keyOf = try await lab.read("orders") { transaction in
                Dictionary(try transaction.query(keys) { ($0.text(1), $0.text(0)) }) { first, _ in first }
            }
            let purchases = Dictionary(uniqueKeysWithValues: ledger.purchases.map { ($0.key, $0) })
            let root = Caller("auditor", shop: try SimulatedShop(lab), email: "root@shop.example")
            for (order, listed) in try await lab.read("orders", { try $0.query(listed) { ($0.text(0), $0.text(1)) } }) {
                guard let purchase = keyOf[order].flatMap({ purchases[$0] }) else {
                    return "order \(order) was placed by nobody"
                }
                let reply = try await root.insist(.get, "/orders/\(order)", about: order)
                guard reply.status == 200, let status = reply.text("status") else {
                    return "order \(order) cannot be read: \(reply.status)"
                }
                // One is replayed from the events, the other is the read model.
                let replayed = replayed(reply.json)
                guard replayed == listed else {
                    return "order \(order) is \(replayed) by its events and \(listed) in lists"
                }
                let history = reply.json?["history"]?.array?.compactMap { $0["status"]?.string } ?? []
                let model = OrderModel(cards: purchase.cards, isCancelAsked: purchase.isCancelAsked)
                if let problem = model.problem(history: history, status: status) {
                    return "order \(order) (cards \(purchase.cards.map(\.rawValue))): \(problem)"
                }
            }
            return nil
        }
    }

    /// What a list has of an order, from the order as its events have it.
    private static func replayed(_ order: JSONValue?) -> String {
        let total = order?["total"]
        return [
            order?["status"]?.string, total?["amount"]?.integer.map(String.init), total?["currency"]?.string,
            order?["items"]?.array.map { "\($0.count)" }, order?["userId"]?.string,
        ].map { $0 ?? "?" }.joined(separator: " ")
    }

    private static let servicesAgree = Invariant("payment, stock and shipment fit the order's end", .quiet) { lab in
        for (order, status) in try await lab.read("orders", { try $0.query(ids) { ($0.text(0), $0.text(1)) } }) {
            let paid = try await lab.read("payments") { try $0.first(payment, order) { $0.text(0) } } ?? "none"
            let stock = try await lab.read("inventory") { try $0.first(reservation, order) { $0.text(0) } } ?? "none"
            let parcel = try await lab.read("shipping") { try $0.first(booking, order) { $0.text(0) } } ?? "none"
            let isFit =
                switch status {
                case "completed":
                    stock == "committed" && parcel.hasPrefix("shipment/") && !parcel.hasSuffix("cancelled")
                default: stock != "committed" && stock != "reserved"
                    && (!parcel.hasPrefix("shipment/") || parcel.hasSuffix("cancelled"))
                }
            if !isFit { return "order \(order) is \(status): payment \(paid), stock \(stock), parcel \(parcel)" }
        }
        return nil
    }

    private static let onHand: SQL = "SELECT COALESCE(SUM(on_hand), 0) FROM stock WHERE product_id = ?1"
    private static let sold: SQL = """
        SELECT COALESCE(SUM(reservation_lines.quantity), 0) FROM reservation_lines
        JOIN reservations ON reservations.order_id = reservation_lines.order_id
        WHERE reservations.state = 'committed' AND reservation_lines.product_id = ?1
        """

    /// Of the product nobody restocks: what is left and what was sold is what was there.
    private static func scarceStockAddsUp(_ products: [String]) -> Invariant {
        Invariant("what is left and what was sold is what was there", .quiet) { lab in
            let scarce = products[0]
            let (left, gone) = try await lab.read("inventory") { transaction in
                (
                    try transaction.first(onHand, scarce) { $0.int64(0) } ?? 0,
                    try transaction.first(sold, scarce) { $0.int64(0) } ?? 0
                )
            }
            guard left + gone != Operator.scarceStock else { return nil }
            return "\(left) pieces are left and \(gone) were sold of \(Operator.scarceStock)"
        }
    }
}
