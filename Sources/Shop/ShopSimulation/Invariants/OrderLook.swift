internal import FlotillaSimulation
internal import FlotillaStorage
internal import Synchronization

/// Events and lists of the orders that something has happened to since the last look, held against each other.
///
/// What a disk has forgotten meanwhile, and all that came again in its place, is left to the looks at everything when
/// the world is quiet.
final class OrderLook: Sendable {
    private struct State {
        /// The last event looked at.
        var position: Int64 = 0
        /// What was listed of each order.
        var listed: [String: Listing] = [:]
    }

    private struct Listing: Equatable {
        var version: Int
        var status: String
    }

    private static let last: SQL = "SELECT COALESCE(MAX(position), 0) FROM events"
    private static let streams: SQL = "SELECT DISTINCT stream FROM events WHERE position > ?1"
    private static let orders: SQL = "SELECT id, version, status FROM orders"
    private static let extent: SQL = "SELECT COUNT(*), MAX(version) FROM events WHERE stream = ?1"
    /// The last event that changed a status.
    private static let turn: SQL = """
        SELECT CASE type
            WHEN 'order-placed.v1' THEN 'created' WHEN 'payment-requested.v1' THEN 'awaitingPayment'
            WHEN 'order-paid.v1' THEN 'paid' WHEN 'shipping-scheduled.v1' THEN 'shipping'
            WHEN 'order-completed.v1' THEN 'completed' WHEN 'order-cancelled.v1' THEN 'cancelled'
            WHEN 'order-refunded.v1' THEN 'refunded' END AS turn
        FROM events WHERE stream = ?1 AND turn IS NOT NULL ORDER BY version DESC LIMIT 1
        """

    private let state = Mutex(State())

    static func invariant() -> Invariant {
        let look = OrderLook()
        return Invariant("no event of an order is lost or doubled, and lists say what events say", .always) { lab in
            try await lab.read("orders") { try look.problem(in: $0) }
        }
    }

    private func problem(in transaction: Transaction) throws -> String? {
        var known = state.withLock { $0 }
        let last = try transaction.first(Self.last) { $0.int64(0) } ?? 0
        if last < known.position { known = State() }
        var changed = Set(
            try transaction.query(Self.streams, known.position) { String($0.text(0).dropFirst("order-".count)) })
        _ = try transaction.query(Self.orders) { row in
            let (order, listing) = (row.text(0), Listing(version: row.int(1), status: row.text(2)))
            guard known.listed[order] != listing else { return }
            known.listed[order] = listing
            changed.insert(order)
        }
        known.position = last
        state.withLock { [known] in $0 = known }
        for order in changed.sorted() {
            guard let listing = known.listed[order] else { continue }
            if let problem = try problem(of: order, listing, in: transaction) { return problem }
        }
        return nil
    }

    private func problem(of order: String, _ listing: Listing, in transaction: Transaction) throws -> String? {
        let stream = "order-" + order
        let (count, version) = try transaction.first(Self.extent, stream) { ($0.int(0), $0.int(1)) } ?? (0, 0)
        if count != version { return "\(stream) has \(count) events up to \(version)" }
        if listing.version != version {
            return "order \(order) is listed at version \(listing.version), its stream is at \(version)"
        }
        let turn = try transaction.first(Self.turn, stream) { $0.text(0) }
        if let turn, turn != listing.status {
            return "order \(order) is \(listing.status) in lists and \(turn) by its events"
        }
        return nil
    }
}
