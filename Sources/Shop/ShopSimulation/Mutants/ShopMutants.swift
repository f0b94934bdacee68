public import FlotillaSimulation

/// What can be broken in the Shop on purpose, to show that the invariants would notice.
public enum ShopMutants {
    public static let all: [Mutant] = []
}
