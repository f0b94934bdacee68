internal import FlotillaSimulation
internal import FlotillaStorage

/// Parcels go out or are kept back, never both, and those that go out arrive.
enum ParcelInvariants {
    static let all = [neverTurnsBack, arrives]

    private static let turnedBack: SQL = """
        SELECT order_id, group_concat(status, ', ') FROM shipment_events GROUP BY order_id
        HAVING SUM(status = 'cancelled') > 0 AND SUM(status IN ('dispatched', 'delivered')) > 0
            OR COUNT(*) <> COUNT(DISTINCT status)
        """
    private static let underWay: SQL = """
        SELECT order_id, status FROM bookings
        WHERE outcome = 'shipment' AND status NOT IN ('delivered', 'cancelled') ORDER BY order_id
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
}
