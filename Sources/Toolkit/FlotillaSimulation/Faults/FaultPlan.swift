/// How much goes wrong in a run: what, how often, how badly. Policies are data.
public struct FaultPlan: Sendable, Hashable {
    /// From the start of one fault to the start of the next, on average; nil: nothing goes wrong.
    public var meanPause: Duration?
    /// How likely each kind is, relative to the others.
    public var weights: [FaultKind: Int]
    /// A fault lasts up to this long.
    public var durationMax: Duration

    /// From the start of one fault of a single replica to the next, on average, where services have several. They last
    /// up to twice ``durationMax``: longer than a lease.
    public var replicaPause = Duration.seconds(8)

    /// From the end of one time in which a service has too much to do to the next, on average; nil: none has. They
    /// last up to ``durationMax``.
    public var busyPause: Duration?

    public init(
        meanPause: Duration?, weights: [FaultKind: Int], durationMax: Duration = .seconds(20),
        busyPause: Duration? = nil
    ) {
        self.meanPause = meanPause
        self.weights = weights
        self.durationMax = durationMax
        self.busyPause = busyPause
    }

    /// Everything, about every four seconds.
    public static let standard = FaultPlan(
        meanPause: .seconds(4),
        weights: [
            .crash: 10, .crashMidCommit: 10, .crashAll: 3, .rollingRestart: 1, .partition: 4, .oneWayPartition: 4,
            .slowNetwork: 3, .lossyNetwork: 5, .brokerRestart: 4, .slowBroker: 4, .redelivery: 6, .diskFull: 2,
            .diskError: 3, .slowDisk: 4, .clockSkew: 2,
        ], busyPause: .seconds(30))

    /// Nothing goes wrong.
    public static let none = FaultPlan(meanPause: nil, weights: [:])

    /// The kinds by name, each with its share: an order that is the same in every run.
    var table: [(kind: FaultKind, weight: Int)] {
        weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
