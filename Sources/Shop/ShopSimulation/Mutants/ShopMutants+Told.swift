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
    ]
}
