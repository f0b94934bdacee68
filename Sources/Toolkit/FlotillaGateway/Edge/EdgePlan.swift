internal import FlotillaConfiguration

/// What the routes of a gateway share: whom it believes, what it knows of addresses, the limits they name.
struct EdgePlan: Sendable {
    var proxies = TrustedProxies.nobody
    var countries = CountryTable.empty
    var rates = RateRules.none
    var versions = VersionSource()
    var cache = CacheStorePlan()
    /// For routes that do not say anything else; nil: bodies stay as long as they are.
    var compression: CompressionPlan?
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
        compression = fields.optionalGroup("compress", "Answers are made smaller for clients that read that.") {
            CompressionPlan(from: &$0)
        }
        let authentication = fields.optionalGroup("authentication", "How callers prove who they are.") {
            AuthenticationPlan(from: &$0)
        }
        self.authentication = authentication
        access = AccessSection(from: &fields, authentication: authentication)
        cache = fields.group("cache", "Memory for answers that are kept.") { CacheStorePlan(from: &$0) }
    }
}
