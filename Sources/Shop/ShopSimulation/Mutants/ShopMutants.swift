public import FlotillaSimulation

/// What can be broken in the Shop on purpose, to show that the invariants would notice.
///
/// Each breaks a mechanism that somebody once thought necessary. One that nobody notices is either not necessary, and
/// is replaced here, or shows an invariant that is missing.
public enum ShopMutants {
    /// By family, in the order in which an order meets them.
    public static let all: [Mutant] = orders + stock + money + parcels + told
}
