public import FlotillaCore
internal import Synchronization

/// The load shedders of a process, by what they protect. Safe to share between tasks.
public final class LoadShedders: Sendable {
    /// Targets come from code, not from input; more than these are a defect.
    private static let targetsMax = 1_000

    private let time: any TimeSource
    private let known = Mutex<[String: LoadShedder]>([:])

    /// None yet.
    public init(time: any TimeSource) { self.time = time }

    /// The shedder of a target, made when it is first asked for; whoever asks first decides how it begins.
    ///
    /// - Parameters:
    ///   - target: `gateway`.
    ///   - name: that of the policy.
    ///   - policy: must be without ``AdaptiveLimit/problems()``.
    ///   - kinds: how many kinds of calls are told apart, 1 to 1,000.
    public func shedder(
        for target: String, name: String, policy: AdaptiveLimit, kinds: Int = 1
    ) -> LoadShedder {
        known.withLock { known in
            if let shedder = known[target] { return shedder }
            precondition(known.count < Self.targetsMax, "over \(Self.targetsMax) targets: is input in their names?")
            let shedder = LoadShedder(target: target, name: name, policy: policy, kinds: kinds, time: time)
            known[target] = shedder
            return shedder
        }
    }

    /// The shedder of a target; nil when nobody ever asked for it.
    public subscript(target: String) -> LoadShedder? { known.withLock { $0[target] } }

    /// All of them, by target.
    public func snapshots() -> [LoadShedderSnapshot] {
        known.withLock { Array($0.values) }.map { $0.snapshot() }.sorted { $0.target < $1.target }
    }
}
