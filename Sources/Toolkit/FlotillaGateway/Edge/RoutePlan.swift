internal import FlotillaConfiguration

/// One line of a gateway's table: which requests it is about, and what becomes of them. The first that fits a request
/// is the one.
struct RoutePlan: Sendable {
    /// As it is called in metrics and refusals.
    var name: String
    var match: RouteMatch
    /// Nil: the route is answered without an upstream.
    var destinations: Destinations?
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
        policies = RoutePolicies(from: &fields, shared, path: match?.path, upstreams: names)
        destinations = Destinations.read(from: &fields, upstreams: names, isNeeded: !policies.answersItself)
        if destinations != nil, policies.answersItself {
            fields.problem(
                at: "to", "leads nowhere, since the route is answered otherwise",
                allowed: "no upstream, or neither respond nor redirect nor compose")
        }
        guard let match else { return nil }
        self.match = match
        self.name = name ?? (match.methods.map { $0 + " " }.joined() + match.path.text)
    }
}
