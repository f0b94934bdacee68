internal import FlotillaConfiguration

/// What a route asks of requests before they go on, and what it does to them and to their answers.
///
/// In the order in which they are looked at: the first that refuses a request is the one that it is told of. A class,
/// for every request takes hold of it.
final class RoutePolicies: Sendable {
    let addresses: AddressFilter
    /// Nil: it is open.
    let maintenance: Maintenance?
    /// Nil: it is not deprecated.
    let deprecation: Deprecation?
    /// Nil: answers say nothing of other origins.
    let cors: CORSPolicy?
    let access: AccessPlan
    /// Places in ``EdgePlan/rates``.
    let limits: [Int]
    let heads: HeadEdits
    let bodies: BodyEdits
    /// Nil: the answer is not always the same.
    let respond: DirectAnswer?
    /// Nil: it is here.
    let redirect: Redirect?
    /// Nil: answers are not kept.
    let cache: CachePlan?
    /// Nil: bodies stay as long as they are.
    let compression: CompressionPlan?
    /// Nil: one upstream makes the answer.
    let composition: CompositionPlan?
    /// Nil: nobody else gets to see the requests.
    let mirror: MirrorPlan?

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
        maintenance = Maintenance.read(from: &fields)
        deprecation = Deprecation.read(from: &fields)
        access = shared.access.plan(from: &fields, path: path)
        limits = shared.rates.selection(from: &fields)
        (heads, bodies) = HeadEdits.read(from: &fields, captures: captures)
        respond = DirectAnswer.read(from: &fields)
        redirect = Redirect.read(from: &fields, captures: captures)
        cache = fields.optionalGroup("cache", "Answers are kept and given again.") { CachePlan(from: &$0) }
        compression = fields.optionalGroup("compress", "Answers are made smaller for clients that read that.") {
            CompressionPlan(from: &$0)
        } ?? shared.compression
        composition = fields.optionalGroup("compose", "The answer is made of several.") {
            CompositionPlan(from: &$0, captures: captures, upstreams: upstreams)
        }
        mirror = MirrorPlan.read(from: &fields, upstreams: upstreams)
    }

    /// Whether the answer is made here, without passing the request on to one upstream.
    var answersItself: Bool { composition != nil || respond != nil || redirect != nil }

    /// Whether whole messages are needed, and not only their heads.
    var needsTask: Bool { composition != nil || bodies != .none }

    /// Whether there is anything to ask before a request goes on, whoever it is from.
    var asksNothing: Bool {
        guard case .anyone = access.rule else { return false }
        return addresses.isOpen && maintenance == nil && deprecation == nil && cors == nil && limits.isEmpty
    }
}
