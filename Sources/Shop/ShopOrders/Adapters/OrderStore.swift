internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaStorage
internal import ShopContracts

/// Orders in the service's database: the events are the truth, the list is read from a table kept beside them.
///
/// The table has the version of each order's stream as well, so that recording an event reads none of the others.
struct OrderStore: Sendable {
    static let migrations = MigrationSet(
        "orders",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE orders (
                    id TEXT PRIMARY KEY NOT NULL, user_id TEXT NOT NULL, status TEXT NOT NULL,
                    total INTEGER NOT NULL, currency TEXT NOT NULL, line_count INTEGER NOT NULL,
                    placed_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX orders_by_user ON orders (user_id, id);
                CREATE TABLE order_keys (
                    user_id TEXT NOT NULL, key TEXT NOT NULL, fingerprint INTEGER NOT NULL, order_id TEXT NOT NULL,
                    used_at INTEGER NOT NULL, PRIMARY KEY (user_id, key)) WITHOUT ROWID;
                CREATE INDEX order_keys_by_age ON order_keys (used_at);
                """),
            // Needs the table of the event store, whose migrations come first.
            .init(
                "versions-and-regions",
                """
                ALTER TABLE orders ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE orders ADD COLUMN region TEXT NOT NULL DEFAULT '';
                UPDATE orders SET version =
                    (SELECT COALESCE(MAX(events.version), 0) FROM events WHERE stream = 'order-' || orders.id);
                CREATE INDEX orders_by_region ON orders (region, id);
                """),
        ])

    private static let insert: SQL = """
        INSERT INTO orders (id, user_id, status, total, currency, line_count, placed_at, updated_at, version, region)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
        """
    private static let advance: SQL = """
        UPDATE orders SET version = version + 1, status = COALESCE(?2, status), updated_at = ?3 WHERE id = ?1
        RETURNING version, status
        """
    private static let status: SQL = "SELECT status FROM orders WHERE id = ?1"
    private static let list: SQL = """
        SELECT id, status, total, currency, line_count, placed_at, updated_at FROM orders
        WHERE id < ?1 ORDER BY id DESC LIMIT ?2
        """
    private static let listOfRegion: SQL = """
        SELECT id, status, total, currency, line_count, placed_at, updated_at FROM orders
        WHERE region = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
        """
    private static let listOfUser: SQL = """
        SELECT id, status, total, currency, line_count, placed_at, updated_at FROM orders
        WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
        """
    /// Comes after every ID: none has this character.
    private static let afterAll = "~"
    private static let key: SQL =
        "SELECT fingerprint, order_id, used_at FROM order_keys WHERE user_id = ?1 AND key = ?2"
    private static let saveKey: SQL = """
        INSERT INTO order_keys (user_id, key, fingerprint, order_id, used_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (user_id, key) DO UPDATE SET
            fingerprint = excluded.fingerprint, order_id = excluded.order_id, used_at = excluded.used_at
        """
    private static let forgetKeys: SQL = "DELETE FROM order_keys WHERE used_at < ?1"

    /// How long an idempotency key is remembered.
    static let keyLifetime = Duration.seconds(24 * 3600)

    private static let prefix = "order-"
    private let repository = Repository(Order.self, prefix: prefix, coding: OrderEventCoding())
    private let events = EventStore()
    private let coding = OrderEventCoding()
    private let watchers: OrderWatchers

    init(watchers: OrderWatchers) { self.watchers = watchers }

    /// The order as it is, or as it was at `asOf`.
    func order(_ id: OrderID, asOf: Timestamp? = nil, in transaction: Transaction) throws -> Order? {
        try repository.load(id.text, asOf: asOf, in: transaction)?.state
    }

    /// Records a new order.
    func create(_ order: PlacedOrder, cause: String, in transaction: Transaction) throws {
        let loaded = try repository.append(
            [OrderEvent(kind: .placed(order), at: order.placedAt)], to: order.id.text, after: nil, at: order.placedAt,
            cause: cause, actor: order.userID.text, in: transaction)
        try transaction.execute(
            Self.insert, order.id.text, order.userID.text, loaded.state.status.rawValue, order.total.amount,
            order.total.currency, order.lines.count, order.placedAt, loaded.version, order.region)
        if let change = loaded.state.history.last { watchers.note(order.id, change) }
    }

    /// Records what happened to an order.
    ///
    /// - Returns: false when there is no such order.
    /// - Throws: ``VersionConflict`` when table and stream disagree, which only damage can bring about.
    @discardableResult
    func record(
        _ kind: OrderEvent.Kind, of id: OrderID, at now: Timestamp, cause: String, actor: String = "",
        in transaction: Transaction
    ) throws -> Bool {
        let turn = kind.turn
        let row = try transaction.first(Self.advance, id.text, turn?.status?.rawValue, now) { row in
            (version: row.int(0), status: row.text(1))
        }
        guard let row else { return false }
        try events.append(
            [coding.encode(OrderEvent(kind: kind, at: now))], to: Self.prefix + id.text, expected: row.version - 1,
            at: now, cause: cause, actor: actor, in: transaction)
        if let turn, let status = Order.Status(rawValue: row.status) {
            watchers.note(id, Order.Change(status: status, at: now, reason: turn.reason))
        }
        return true
    }

    /// The order's status; nil when there is no such order.
    func status(of id: OrderID, in transaction: Transaction) throws -> Order.Status? {
        try transaction.first(Self.status, id.text) { Order.Status(rawValue: $0.text(0)) } ?? nil
    }

    func events(of id: OrderID, in transaction: Transaction) throws -> [StoredEvent] {
        try repository.history(id.text, in: transaction)
    }

    /// Newest first, those before `cursor`.
    func list(
        _ reach: OrderReach, before cursor: OrderID?, limit: Int, in transaction: Transaction
    ) throws -> [OrderSummary] {
        let end = cursor?.text ?? Self.afterAll
        return switch reach {
        case .own(let user):
            try transaction.query(Self.listOfUser, user.text, end, limit, row: OrderSummary.init)
        case .region(let region):
            try transaction.query(Self.listOfRegion, region, end, limit, row: OrderSummary.init)
        case .all: try transaction.query(Self.list, end, limit, row: OrderSummary.init)
        }
    }

    /// The order a key was used for, while the key is remembered.
    func order(
        for key: OrderKey, at now: Timestamp, in transaction: Transaction
    ) throws -> (fingerprint: Int64, order: OrderID)? {
        let found = try transaction.first(Self.key, key.userID.text, key.key) { row in
            (fingerprint: row.int64(0), order: OrderID(unchecked: row.text(1)), usedAt: row.timestamp(2))
        }
        guard let found, now - found.usedAt < Self.keyLifetime else { return nil }
        return (found.fingerprint, found.order)
    }

    func save(_ key: OrderKey, for order: OrderID, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(Self.saveKey, key.userID.text, key.key, key.fingerprint, order.text, now)
    }

    func forgetKeys(before moment: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(Self.forgetKeys, moment)
    }
}

/// An idempotency key with what it stands for.
struct OrderKey: Sendable {
    var userID: UserID
    var key: String
    /// Tells two request bodies apart.
    var fingerprint: Int64
}

/// An order in a list.
struct OrderSummary: Sendable {
    var id: OrderID
    var status: Order.Status
    var total: Money
    var lineCount: Int
    var placedAt: Timestamp
    var updatedAt: Timestamp

    init(
        id: OrderID, status: Order.Status, total: Money, lineCount: Int, placedAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.status = status
        self.total = total
        self.lineCount = lineCount
        self.placedAt = placedAt
        self.updatedAt = updatedAt
    }

    init(_ row: Row) {
        self.init(
            id: OrderID(unchecked: row.text(0)), status: Order.Status(rawValue: row.text(1)) ?? .created,
            total: Money(amount: row.int64(2), currency: row.text(3)), lineCount: row.int(4),
            placedAt: row.timestamp(5), updatedAt: row.timestamp(6))
    }
}
