internal import FlotillaCore

/// What may be done with a kept answer that fits a request (RFC 9111, section 4).
enum CacheVerdict: Sendable, Hashable {
    /// It is the answer.
    case use
    /// It is the answer, and it is time to fetch a new one.
    case useAndFetch
    /// Its maker has to be asked whether it still holds: by its age, or by the wish of the caller.
    case ask(Reason)

    /// In the words of RFC 9211, section 2.2.
    enum Reason: String, Sendable, Hashable { case stale, request }

    /// - Parameters:
    ///   - control: of the request.
    ///   - now: on the clock that never jumps.
    init(_ freshness: Freshness, _ control: CacheControl, _ now: Duration) {
        let age = freshness.age(now)
        if control.noCache {
            self = .ask(.request)
        } else if freshness.asksAlways {
            self = .ask(.stale)
        } else if let ageMax = control.maxAge, age > .seconds(ageMax) {
            self = .ask(.request)
        } else if age < freshness.lifetime {
            let isFreshEnough = control.minFresh.map { freshness.lifetime - age >= .seconds($0) } ?? true
            self = isFreshEnough ? .use : .ask(.request)
        } else {
            self = Self.stale(freshness, control, age - freshness.lifetime)
        }
    }

    private static func stale(_ freshness: Freshness, _ control: CacheControl, _ staleness: Duration) -> CacheVerdict {
        if control.minFresh != nil { return .ask(.request) }
        if let staleMax = control.maxStale, !freshness.isStrict, staleness <= .seconds(staleMax) { return .use }
        if staleness < freshness.staleWhileRevalidate { return .useAndFetch }
        return .ask(.stale)
    }

    /// Whether the answer may be given in place of an error.
    static func mayReplaceError(_ freshness: Freshness, _ control: CacheControl, _ now: Duration) -> Bool {
        let staleness = freshness.age(now) - freshness.lifetime
        if control.noCache || freshness.asksAlways || control.minFresh != nil { return false }
        if let ageMax = control.maxAge, freshness.age(now) > .seconds(ageMax) { return false }
        let wish = freshness.isStrict ? nil : control.staleIfError.map { Duration.seconds($0) }
        return staleness < max(freshness.staleIfError, wish ?? .zero)
    }
}
