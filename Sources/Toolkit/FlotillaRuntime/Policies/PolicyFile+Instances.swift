internal import FlotillaConfiguration
public import FlotillaResilience

/// How the instances of a service are chosen, as a file says.
public struct InstanceChoice: Sendable, Hashable {
    /// Nil: as the fleet chooses anyway.
    public var balancer: BalancerPolicy?
    /// Nil: as the fleet ejects anyway.
    public var outliers: OutlierPolicy?
    /// The file says that nobody is ejected.
    public var ejectsNever: Bool

    /// What holds, with what the fleet does anyway.
    func resolved(
        _ usual: BalancerPolicy, _ usualOutliers: OutlierPolicy?
    ) -> (balancer: BalancerPolicy, outliers: OutlierPolicy?) {
        (balancer ?? usual, ejectsNever ? nil : outliers ?? usualOutliers)
    }
}

extension PolicyFile {
    /// How the instances of a service are chosen, and the entry that says so; nil when no entry does.
    ///
    /// It is the policy of the calls that come in by a door, or, of a service no route leads to, of its first caller by
    /// name.
    public func choice(
        of service: String, for fleet: FleetShape
    ) -> (entry: Entry<InstanceChoice>, attachment: Attachment)? {
        guard let chooser = fleet.chooser(of: service),
            let (policy, attachment) = policy(for: chooser + PolicyBook.arrow + service)
        else { return nil }
        let values = policy.values.filter { $0.key.hasPrefix("balancer") || $0.key.hasPrefix("outliers") }
        let ejectsNever = values.contains {
            $0.key == "outliers" && $0.text == PolicyCompiler.none && $0.origin != .defaultValue
        }
        let choice = InstanceChoice(
            balancer: policy.balancer, outliers: policy.outliers, ejectsNever: ejectsNever)
        return (Entry(name: policy.name, bounds: choice, values: values), attachment)
    }
}

extension FleetShape {
    /// Whose policy says how the instances of a service are chosen; nil of one that nobody calls.
    func chooser(of service: String) -> String? {
        routes.first { $0.service == service && !$0.isLocal }?.door
            ?? members.filter { $0.calls.contains(service) }.map(\.name).min()
    }
}
