internal import FlotillaConfiguration

/// What the routes of a gateway share: whom it believes, what it knows of addresses, the limits they name.
struct EdgePlan: Sendable {
    var proxies = TrustedProxies.nobody
    var countries = CountryTable.empty
    var rates = RateRules.none
    var versions = VersionSource()
    var cache = CacheStorePlan()
    /// Nil: nobody is known.
    var authentication: AuthenticationPlan?
    var access = AccessSection.none

    init() {}

    /// Reads the keys at the top of a file.
    init(from fields: inout YAMLFields) {
        proxies = TrustedProxies(from: &fields)
        countries = CountryTable(from: &fields)
        rates = RateRules(from: &fields)
        versions = VersionSource(from: &fields)
        let authentication = fields.optionalGroup("authentication", "How callers prove who they are.") {
            AuthenticationPlan(from: &$0)
        }
        self.authentication = authentication
        access = AccessSection(from: &fields, authentication: authentication)
        cache = fields.group("cache", "Memory for answers that are kept.") { CacheStorePlan(from: &$0) }
    }
}
