internal import FlotillaRuntime
internal import FlotillaSimulation

/// What customers are told.
extension ShopMutants {
    static let told: [Mutant] = [
        Mutant(
            "confirm-twice", "Notifications knows neither which messages it has seen nor what it has told.",
            statement: Mutant.rewriting(
                Mutant.Rewrite(
                    "SELECT sequence FROM watermarks", "SELECT sequence", "SELECT sequence * 0", in: "notifications"),
                Mutant.Rewrite("INSERT INTO notices", " ON CONFLICT (order_id, template) DO NOTHING", "")),
            service: { original in
                guard original.manifest.name == "notifications" else { return original }
                return MutatedService(
                    original, schema: { $0.replacing(", UNIQUE (order_id, template)", with: "") })
            }),
        Mutant(
            "garble-notice", "What customers are told has its title in place of its text.",
            statement: Mutant.rewriting(Mutant.Rewrite("INSERT INTO notices", "?5, ?6", "?5, ?5"))),
        Mutant(
            "stale-search", "The index of words has a product's category in place of its name.",
            statement: Mutant.rewriting(
                Mutant.Rewrite("INSERT INTO product_search", "(?1, ?2, ?3", "(?1, ?3, ?3"))),
    ]
}
