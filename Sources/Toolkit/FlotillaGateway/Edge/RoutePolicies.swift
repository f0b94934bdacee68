internal import FlotillaConfiguration

/// What a route asks of requests before they go on, and what it does to them and to their answers.
///
/// In the order in which they are looked at: the first that refuses a request is the one that it is told of.
struct RoutePolicies: Sendable {
    var addresses = AddressFilter.open
    /// Nil: answers say nothing of other origins.
    var cors: CORSPolicy?
    var access = AccessPlan.anyone
    /// Places in ``EdgePlan/rates``.
    var limits: [Int] = []
    var heads = HeadEdits.none
    var bodies = BodyEdits.none
    /// Nil: answers are not kept.
    var cache: CachePlan?
    /// Nil: one upstream makes the answer.
    var composition: CompositionPlan?

    init() {}

    /// Reads the keys of a route.
    ///
    /// - Parameters:
    ///   - path: of the route; nil: it is none.
    ///   - upstreams: their names.
    init(from fields: inout YAMLFields, _ shared: EdgePlan, path: PathPattern?, upstreams: [String]) {
        let captures = path?.names ?? []
        addresses = fields.group("addresses", "From where requests may come.") {
            AddressFilter(from: &$0, hasCountries: !shared.countries.isEmpty)
        }
        cors = fields.optionalGroup("cors", "Which pages of other origins may read answers.") { CORSPolicy(from: &$0) }
        access = shared.access.plan(from: &fields, path: path)
        limits = shared.rates.selection(from: &fields)
        (heads, bodies) = HeadEdits.read(from: &fields, captures: captures)
        cache = fields.optionalGroup("cache", "Answers are kept and given again.") { CachePlan(from: &$0) }
        composition = fields.optionalGroup("compose", "The answer is made of several.") {
            CompositionPlan(from: &$0, captures: captures, upstreams: upstreams)
        }
    }

    /// Whether the answer is made here, without passing the request on to one upstream.
    var answersItself: Bool { composition != nil }

    /// Whether whole messages are needed, and not only their heads.
    var needsTask: Bool { composition != nil || bodies != .none }
}
