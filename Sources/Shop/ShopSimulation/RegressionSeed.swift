/// A run that has shown a defect once. The defect is mended and has a test of its own; the run is kept all the same.
///
/// What a seed does moves with services and workload, so it is the test that guards; the list is what was learned.
public struct RegressionSeed: Sendable, CustomStringConvertible {
    public let seed: UInt64
    /// Virtual minutes of load and faults.
    public let minutes: Int
    /// What was wrong.
    public let defect: String

    public var description: String { "seed \(seed), \(minutes) min: \(defect)" }

    public static let all: [RegressionSeed] = [
        RegressionSeed(
            seed: 1, minutes: 10,
            defect: """
                An order whose refund the provider refused stayed completed although its parcel had been called back: \
                the cancellation waited for the money before it gave back anything (ShopOrdersTests/CancellationTests).
                """),
    ]
}
