internal import FlotillaMessaging
internal import FlotillaSimulation
internal import Synchronization

/// Orders: their keys, their events, their read model, the sagas that carry them.
extension ShopMutants {
    static let orders: [Mutant] = [
        Mutant(
            "ignore-idempotency-key", "Placing an order does not ask whether its key was used before.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("SELECT fingerprint, order_id, used_at FROM order_keys", "key = ?2", "key = ?2 AND 0"))),
        Mutant(
            "lose-event", "The event that an order was paid is not stored.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "INSERT INTO events", "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?3 <> 'order-paid.v1'"))),
        Mutant(
            "ignore-expected-version",
            "The event store takes any version it is told, and a writer that is one ahead tells it.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "SELECT 1 FROM events WHERE stream", "FROM events WHERE stream = ?1 AND version = ?2",
                    "WHERE ?1 = ?1 AND ?2 = ?2"),
                Mutant.Rewrite(
                    "UPDATE orders SET version", "version = version + 1",
                    "version = version + CASE ?2 WHEN 'completed' THEN 2 ELSE 1 END"))),
        Mutant(
            "skip-projection", "The list of orders does not hear that one was completed.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "UPDATE orders SET version", "status = COALESCE(?2, status)",
                    "status = CASE ?2 WHEN 'completed' THEN status ELSE COALESCE(?2, status) END"))),
        Mutant(
            "mix-up-replies", "Inventory answers a reservation with the mark of the one before.",
            service: { original in
                let previous = Mutex("")
                return Mutant.handling("shop.inventory.reserve-items.v1", in: "inventory") {
                    transaction, delivery, reserve in
                    let mark = previous.withLock { mark in
                        defer { mark = delivery.message.saga }
                        return mark
                    }
                    return try reserve(transaction, delivery).map { answer in
                        var answer = answer
                        if answer.saga == nil, !mark.isEmpty { answer.saga = mark }
                        return answer
                    }
                }(original)
            }),
    ]
}
