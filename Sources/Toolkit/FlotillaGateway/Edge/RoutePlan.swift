internal import FlotillaConfiguration

/// One line of a gateway's table: which requests it is about, and what becomes of them. The first that fits a request
/// is the one.
struct RoutePlan: Sendable {
    /// As it is called in metrics and refusals.
    var name: String
    var match: RouteMatch
    /// The name of the upstream; nil: the route is answered without one.
    var upstream: String?
    /// By when an answer must have begun; nil: as the upstream has it.
    var timeout: Duration?
    var policies: RoutePolicies

    /// Reads an element of `routes`; nil with a problem.
    ///
    /// - Parameter names: those of the upstreams.
    init?(from fields: inout YAMLFields, _ shared: EdgePlan, upstreams names: [String]) {
        let match = fields.group("match", "What a request must have.") { RouteMatch(from: &$0) }
        let name = fields.optionalText("name", "As it is called in metrics; else methods and path.")
        timeout = fields.optionalDuration(
            "timeout", in: .milliseconds(1)...(.seconds(3_600)), "By when an answer must have begun.")
        upstream = fields.optionalText("to", "The upstream, by its name.")
        policies = RoutePolicies(from: &fields, shared, path: match?.path, upstreams: names)
        guard let match else { return nil }
        self.match = match
        self.name = name ?? (match.methods.map { $0 + " " }.joined() + match.path.text)
        checkDestination(&fields, names)
    }

    private func checkDestination(_ fields: inout YAMLFields, _ names: [String]) {
        guard !fields.isDescribing else { return }
        if policies.answersItself {
            guard upstream != nil else { return }
            fields.problem(
                at: "to", value: upstream, "leads nowhere, since the route is answered otherwise",
                allowed: "no upstream, or no such answer")
            return
        }
        guard upstream.map({ !names.contains($0) }) ?? true else { return }
        let hint = upstream.map { ConfigurationProblem.suggestion(for: $0, among: names) } ?? ""
        fields.problem(
            at: "to", value: upstream, (upstream == nil ? "is not set" : "is no upstream") + hint,
            allowed: names.isEmpty ? "a name of upstreams" : names.joined(separator: ", "))
    }
}
