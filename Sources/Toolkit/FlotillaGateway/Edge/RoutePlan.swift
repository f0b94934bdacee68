internal import FlotillaConfiguration

/// One line of a gateway's table: which requests it is about, and what becomes of them. The first that fits a request
/// is the one.
struct RoutePlan: Sendable {
    /// As it is called in metrics and refusals.
    var name: String
    var match: RouteMatch
    /// The name of the upstream.
    var upstream: String
    /// By when an answer must have begun; nil: as the upstream has it.
    var timeout: Duration?

    /// Reads an element of `routes`; nil with a problem.
    ///
    /// - Parameter names: those of the upstreams.
    init?(from fields: inout YAMLFields, upstreams names: [String]) {
        let match = fields.group("match", "What a request must have.") { RouteMatch(from: &$0) }
        let upstream = fields.optionalText("to", "The upstream, by its name.")
        if !fields.isDescribing, upstream.map({ !names.contains($0) }) ?? true {
            let hint = upstream.map { ConfigurationProblem.suggestion(for: $0, among: names) } ?? ""
            fields.problem(
                at: "to", value: upstream, (upstream == nil ? "is not set" : "is no upstream") + hint,
                allowed: names.isEmpty ? "a name of upstreams" : names.joined(separator: ", "))
        }
        let name = fields.optionalText("name", "As it is called in metrics; else methods and path.")
        timeout = fields.optionalDuration(
            "timeout", in: .milliseconds(1)...(.seconds(3_600)), "By when an answer must have begun.")
        guard let match, let upstream else { return nil }
        self.match = match
        self.upstream = upstream
        self.name = name ?? (match.methods.map { $0 + " " }.joined() + match.path.text)
    }
}
