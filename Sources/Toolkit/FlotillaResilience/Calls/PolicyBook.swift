/// Which policy goes with which target. Plain data, from configuration.
///
/// A target is `caller → callee.operation`, or `caller → callee` where operations do not matter. Of the entries that
/// fit it the most specific one holds; ``patterns(for:)`` says in which order they are looked for.
public struct PolicyBook: Sendable, Hashable {
    /// For targets without an entry.
    public var standard: CallPolicy
    /// By pattern: `orders → catalog.GetProducts`, `orders → catalog`, `catalog.GetProducts`, `catalog`,
    /// `orders → *`, `*`.
    public var byTarget: [String: CallPolicy]

    /// The standard policy for everything, unless told otherwise.
    public init(standard: CallPolicy = .standard, byTarget: [String: CallPolicy] = [:]) {
        self.standard = standard
        self.byTarget = byTarget
    }

    /// What stands between caller and callee in a target's name.
    public static let arrow = " → "
    /// What stands for any callee, or for all targets.
    public static let any = "*"

    /// The patterns that fit a target, the most specific first: itself, all operations of the callee for this caller,
    /// the operation for any caller, the callee for any caller, all callees of this caller, everything.
    public static func patterns(for target: String) -> [String] {
        let parts = target.split(separator: arrow, maxSplits: 1)
        let call = parts.last ?? ""
        let caller = parts.count == 2 ? parts[0] + arrow : ""
        let callee = call.prefix { $0 != "." }
        var patterns = [target, caller + callee, String(call), String(callee)]
        if !caller.isEmpty { patterns.append(caller + any) }
        patterns.append(any)
        var seen: Set<String> = []
        return patterns.filter { seen.insert($0).inserted }
    }

    /// The entry that holds for a target; nil when there is none.
    public func match(for target: String) -> (pattern: String, policy: CallPolicy)? {
        for pattern in Self.patterns(for: target) {
            if let policy = byTarget[pattern] { return (pattern, policy) }
        }
        return nil
    }

    /// The policy that holds for a target.
    ///
    /// - Parameter standard: what holds for targets of its kind without an entry; nil: the book's standard.
    public func policy(for target: String, standard: CallPolicy? = nil) -> CallPolicy {
        match(for: target)?.policy ?? standard ?? self.standard
    }

    /// What is wrong with the policies, each with its place and what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var all = standard.problems().map { "standard: \($0)" }
        let entries = byTarget.sorted { $0.key < $1.key }
        for (target, policy) in entries { all += policy.problems().map { "\(target): \($0)" } }
        return all + BulkheadPolicy.conflicts([standard] + entries.map(\.value))
    }
}
