internal import FlotillaSimulation

/// Money: what the provider takes and gives back, and what the ledger says of it.
extension ShopMutants {
    static let money: [Mutant] = [
        Mutant(
            "charge-twice", "A charge whose answer was lost is tried again under another key.",
            // The provider's books stand for it: the first charge is not found, and the second is one more.
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "SELECT status, card, amount", "idempotency_key = ?1",
                    """
                    idempotency_key = ?1 AND NOT (card = 'answerLost' AND status = 'captured' AND NOT EXISTS (
                        SELECT 1 FROM charges AS again WHERE again.idempotency_key = ?1 || '.again'))
                    """),
                Mutant.Rewrite(
                    "INSERT INTO charges", "VALUES (?1,",
                    """
                    VALUES (CASE WHEN EXISTS (
                        SELECT 1 FROM charges WHERE idempotency_key = ?1 AND status = 'captured')
                        THEN ?1 || '.again' ELSE ?1 END,
                    """))),
        Mutant(
            "wrong-amount", "Payments charges a cent less than the order costs.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("INSERT INTO payments", "?4,", "?4 - 1,"),
                Mutant.Rewrite("INSERT INTO payments", "SET amount = excluded.amount, ", "SET "))),
        Mutant(
            "forget-refund", "Payments answers that money was given back; the provider keeps it.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("UPDATE charges SET status", "idempotency_key = ?1", "idempotency_key = ?1 AND 0"))),
        Mutant(
            "refund-not-booked", "Money that was given back is not written into the ledger.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "INSERT INTO ledger", "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    "SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?2 <> 'refund'"))),
    ]
}
