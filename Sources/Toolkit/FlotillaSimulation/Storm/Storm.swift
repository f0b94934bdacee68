/// A trouble that can outlast its cause: a load that was well, an event, and a system that does not come back by itself
/// (metastable failure; Bronson et al., HotOS 2021; Huang et al., OSDI 2022).
public enum Storm: String, Sendable, Hashable, CaseIterable {
    /// The dependency is away, or does a part of its work only, and its callers try again.
    case retryStorm = "retry-storm"
    /// The dependency restarts, with an empty cache under full load.
    case coldCache = "cold-cache"
    /// Everything takes twenty times as long for a while.
    case slowDependency = "slow-dependency"
    /// Far more comes than can be done, or far less can be done, and customers who get no answer try again.
    case overload
}
