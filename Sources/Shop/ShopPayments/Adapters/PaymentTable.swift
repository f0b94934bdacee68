internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// The ``PaymentStore`` in the service's database: a row per order, and the ledger beside it.
struct PaymentTable: PaymentStore {
    static let migrations = MigrationSet(
        "payments",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE payments (
                    order_id TEXT PRIMARY KEY NOT NULL, payment_id TEXT, user_id TEXT NOT NULL,
                    amount INTEGER NOT NULL, currency TEXT NOT NULL, token TEXT, status TEXT NOT NULL,
                    failure TEXT, is_retryable INTEGER NOT NULL, attempt INTEGER NOT NULL, is_closed INTEGER NOT NULL,
                    refund_refusal TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
                CREATE TABLE ledger (
                    order_id TEXT NOT NULL, movement TEXT NOT NULL, payment_id TEXT NOT NULL, amount INTEGER NOT NULL,
                    currency TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (order_id, movement));
                """),
            .init(
                "token-versions",
                """
                ALTER TABLE payments ADD COLUMN token_version INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE payments ADD COLUMN asked_version INTEGER NOT NULL DEFAULT 0;
                """),
        ])

    private static let find: SQL = """
        SELECT payment_id, user_id, amount, currency, token, status, failure, is_retryable, attempt, is_closed,
            refund_refusal, created_at, updated_at, token_version, asked_version
        FROM payments WHERE order_id = ?1
        """
    private static let save: SQL = """
        INSERT INTO payments (order_id, payment_id, user_id, amount, currency, token, status, failure, is_retryable,
            attempt, is_closed, refund_refusal, created_at, updated_at, token_version, asked_version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        ON CONFLICT (order_id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency,
            token = excluded.token, status = excluded.status, failure = excluded.failure,
            is_retryable = excluded.is_retryable, attempt = excluded.attempt, is_closed = excluded.is_closed,
            refund_refusal = excluded.refund_refusal, updated_at = excluded.updated_at,
            token_version = excluded.token_version, asked_version = excluded.asked_version
        """
    private static let record: SQL = """
        INSERT INTO ledger (order_id, movement, payment_id, amount, currency, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (order_id, movement) DO NOTHING
        """

    func find(_ orderID: OrderID, in transaction: Transaction) throws -> Payment? {
        try transaction.first(Self.find, orderID.text) { row in
            guard let status = Payment.Status(rawValue: row.text(5)) else {
                throw ServiceError(
                    .internal, "payment-status-unknown",
                    "The payment of order \(orderID) has a status this version does not know; use a newer one.")
            }
            return Payment(
                orderID: orderID, id: row.optionalText(0).map { PaymentID(unchecked: $0) },
                userID: UserID(unchecked: row.text(1)), amount: Money(amount: row.int64(2), currency: row.text(3)),
                token: row.optionalText(4).map { CardToken(unchecked: $0) }, tokenVersion: row.int(13),
                askedVersion: row.int(14), status: status,
                failure: row.optionalText(6).map { Payment.Failure(reason: $0, isRetryable: row.bool(7)) },
                attempt: row.int(8), isClosed: row.bool(9), refundRefusal: row.optionalText(10),
                createdAt: row.timestamp(11), updatedAt: row.timestamp(12))
        }
    }

    func save(_ payment: Payment, in transaction: Transaction) throws {
        try transaction.execute(
            Self.save, payment.orderID.text, payment.id?.text, payment.userID.text, payment.amount.amount,
            payment.amount.currency, payment.token?.text, payment.status.rawValue, payment.failure?.reason,
            payment.failure?.isRetryable ?? false, payment.attempt, payment.isClosed, payment.refundRefusal,
            payment.createdAt, payment.updatedAt, payment.tokenVersion, payment.askedVersion)
    }

    func record(_ movement: Movement, of payment: Payment, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            Self.record, payment.orderID.text, movement.rawValue, payment.id?.text ?? "",
            movement.sign * payment.amount.amount, payment.amount.currency, now)
    }
}
