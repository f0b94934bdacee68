/// How long work stays with a replica that is not heard of.
public struct LeasePolicy: Sendable, Hashable {
    /// A lease that was not renewed for so long may be taken over. Longer: a crash is noticed later. Shorter: a replica
    /// that is merely slow loses its work, and a clock that is wrong by more moves work about.
    public var duration: Duration
    /// A replica renews its leases, and looks for work without a holder, this often. A third of ``duration`` leaves
    /// room for two that fail.
    public var renewEvery: Duration

    /// - Parameters: `renewEvery` is shorter than `duration`.
    public init(duration: Duration = .seconds(10), renewEvery: Duration = .seconds(3)) {
        precondition(renewEvery < duration, "a lease has to be renewed before it runs out")
        self.duration = duration
        self.renewEvery = renewEvery
    }
}
