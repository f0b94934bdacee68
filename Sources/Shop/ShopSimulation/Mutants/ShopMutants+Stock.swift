internal import FlotillaRuntime
internal import FlotillaSimulation

/// Stock: what is there, what is kept for whom, what the catalog shows of it.
extension ShopMutants {
    static let stock: [Mutant] = [
        Mutant(
            "oversell", "Reserving does not ask how many pieces are left, and the schema does not mind.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("UPDATE stock SET reserved", " AND on_hand - reserved >= ?3", "")),
            service: { original in
                guard original.manifest.name == "inventory" else { return original }
                return MutatedService(
                    original,
                    schema: { $0.replacing("CHECK (reserved >= 0 AND reserved <= on_hand)", with: "CHECK (1)") })
            }),
        Mutant(
            "forget-commit-items", "Inventory answers that the items have left the shelf; they have not.",
            service: Mutant.onlyAnswering("shop.inventory.commit-items.v1", in: "inventory")),
        Mutant(
            "forget-release", "Inventory answers that items were released; they are kept for ever.",
            service: Mutant.onlyAnswering("shop.inventory.release-items.v1", in: "inventory")),
        Mutant(
            "release-twice", "A release is not taken down, so that it may happen again.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "UPDATE reservations SET state", "state = ?2",
                    "state = CASE ?2 WHEN 'released' THEN state ELSE ?2 END"))),
        Mutant(
            "restock-twice", "What comes back is put on the shelf twice.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("UPDATE stock SET on_hand = on_hand + ?3", "on_hand + ?3", "on_hand + 2 * ?3"))),
        Mutant(
            "stale-badge", "The catalog hears that something is sold out, and not that it is there again.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("UPDATE products SET in_stock", "id = ?1", "id = ?1 AND in_stock = 1"))),
    ]
}
