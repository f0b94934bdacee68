internal import FlotillaConfiguration

/// What the routes of a gateway share: whom it believes, what it knows of addresses, the limits they name.
struct EdgePlan: Sendable {
    var proxies = TrustedProxies.nobody
    var countries = CountryTable.empty
    var rates = RateRules.none
    var cache = CacheStorePlan()

    init() {}

    /// Reads the keys at the top of a file.
    init(from fields: inout YAMLFields) {
        proxies = TrustedProxies(from: &fields)
        countries = CountryTable(from: &fields)
        rates = RateRules(from: &fields)
        cache = fields.group("cache", "Memory for answers that are kept.") { CacheStorePlan(from: &$0) }
    }
}
