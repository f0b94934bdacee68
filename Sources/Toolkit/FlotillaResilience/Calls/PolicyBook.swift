/// Which policy goes with which target. Plain data, from configuration.
///
/// A target is `caller → callee.operation`. The most specific entry holds: the whole target, then
/// `callee.operation`, then `callee`, then the standard policy.
public struct PolicyBook: Sendable, Hashable {
    /// For targets without an entry.
    public var standard: CallPolicy
    /// By whole target, `callee.operation` or `callee`.
    public var byTarget: [String: CallPolicy]

    /// The standard policy for everything, unless told otherwise.
    public init(standard: CallPolicy = .standard, byTarget: [String: CallPolicy] = [:]) {
        self.standard = standard
        self.byTarget = byTarget
    }

    /// What stands between caller and callee in a target's name.
    public static let arrow = " → "

    /// The policy that holds for a target.
    ///
    /// - Parameter standard: what holds for targets of its kind without an entry; nil: the book's standard.
    public func policy(for target: String, standard: CallPolicy? = nil) -> CallPolicy {
        if let exact = byTarget[target] { return exact }
        let call = target.split(separator: Self.arrow, maxSplits: 1).last ?? Substring(target)
        if let operation = byTarget[String(call)] { return operation }
        let callee = call.prefix { $0 != "." }
        return byTarget[String(callee)] ?? standard ?? self.standard
    }

    /// What is wrong with the policies, each with its place and what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var all = standard.problems().map { "standard: \($0)" }
        for (target, policy) in byTarget.sorted(by: { $0.key < $1.key }) {
            all += policy.problems().map { "\(target): \($0)" }
        }
        return all
    }
}
