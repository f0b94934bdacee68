internal import FlotillaConfiguration
internal import FlotillaCore

/// That a route is closed for a while, but for those who work on it.
struct Maintenance: Sendable {
    /// When it ends of itself; nil: when the configuration changes.
    let until: Timestamp?
    /// When to ask again, where ``until`` does not say it.
    let retryAfter: Duration
    /// Who may come in.
    let allow: AddressSet

    init(until: Timestamp? = nil, retryAfter: Duration = .seconds(300), allow: AddressSet = .none) {
        (self.until, self.retryAfter, self.allow) = (until, retryAfter, allow)
    }

    /// Why a request is not taken now (503, with `Retry-After`); nil: it is.
    func refusal(_ address: IPAddress?, now: Timestamp) -> ServiceError? {
        if let until, now >= until { return nil }
        if let address, allow.contains(address) { return nil }
        let pause = until.map { max($0 - now, .seconds(1)) } ?? retryAfter
        let end = until.map { " until \(DateText.http($0))" } ?? ""
        return ServiceError(
            .unavailable, "maintenance", "This is being worked on\(end); try again later (policy: maintenance).",
            retryAfter: pause)
    }
}

extension Maintenance {
    /// Reads the group `maintenance` of a route; nil when it is not there.
    /// ```yaml
    /// maintenance: { until: 2026-12-01T06:00:00Z, retryAfter: 10m, allow: [10.0.0.0/8] }
    /// ```
    static func read(from fields: inout YAMLFields) -> Maintenance? {
        fields.optionalGroup("maintenance", "That this is closed for a while.") { fields in
            let until = DateText.read("until", from: &fields, "When it ends of itself.")
            let pause = fields.duration(
                "retryAfter", in: .seconds(1)...(.seconds(86_400)), default: .seconds(300),
                "When to ask again, where until does not say it.")
            let allow = AddressSet("allow", from: &fields, "Who may come in.")
            return Maintenance(until: until, retryAfter: pause, allow: allow)
        }
    }
}
