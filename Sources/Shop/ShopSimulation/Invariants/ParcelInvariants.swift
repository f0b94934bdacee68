internal import FlotillaSimulation
internal import FlotillaStorage

/// Parcels go out or are kept back, never both, and those that go out arrive.
enum ParcelInvariants {
    static let all = [neverTurnsBack, arrives, isTold]

    /// Two events of one parcel that do not go together.
    private static let turnedBack: SQL = """
        SELECT early.order_id, early.status || ', ' || late.status FROM shipment_events AS early
        JOIN shipment_events AS late ON late.order_id = early.order_id AND late.position > early.position
        WHERE early.status = late.status
            OR 'cancelled' IN (early.status, late.status)
                AND (early.status IN ('dispatched', 'delivered') OR late.status IN ('dispatched', 'delivered'))
        LIMIT 1
        """
    private static let underWay: SQL = """
        SELECT order_id, status FROM bookings
        WHERE outcome = 'shipment' AND status NOT IN ('delivered', 'cancelled') ORDER BY order_id
        """

    private static let journey: SQL = """
        SELECT order_id, status FROM shipment_events WHERE status IN ('dispatched', 'delivered')
        ORDER BY order_id, position
        """
    private static let neverTurnsBack = Invariant("a parcel goes one way", .always) { lab in
        try await lab.read("shipping") { transaction in
            try transaction.first(turnedBack) { "the parcel of order \($0.text(0)) was \($0.text(1))" }
        }
    }

    private static let arrives = Invariant("every parcel that went out arrives", .quiet) { lab in
        try await lab.read("shipping") { transaction in
            try transaction.first(underWay) { "the parcel of order \($0.text(0)) is still \($0.text(1))" }
        }
    }

    private static let isTold = Invariant("the journey of every parcel is told once", .quiet) { lab in
        let journeys = try await lab.read("shipping") { transaction in
            try transaction.query(journey) { (order: $0.text(0), status: $0.text(1)) }
        }
        let told = try await lab.read(Witness.name) { try Witness.told(by: "shipping", in: $0) }
        for (order, status) in journeys {
            let count = told["shop.shipping.shipment-\(status).v1 \(order)"] ?? 0
            if count != 1 { return "that the parcel of order \(order) was \(status) was told \(count) times" }
        }
        return nil
    }
}
