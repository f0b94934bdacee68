internal import HTTPTypes

/// Whether an answer may be kept for others (RFC 9111, section 3).
enum Storability: Hashable, Sendable {
    case storable
    /// Why not, in a word or two for `Cache-Status` and tests.
    case refused(String)

    /// Of these a lifetime may be guessed, or given by a route, where they tell none (RFC 9110, section 15.1).
    static let heuristicStatuses: Set<Int> = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]
    /// A route's lifetime is for these only: an error is not to outlive its cause by somebody's setting.
    static let lastingStatuses: Set<Int> = [200, 203, 204, 300, 301, 308]
    /// What `must-understand` asks for (RFC 9111, section 5.2.2.3).
    private static let understood: Set<Int> = heuristicStatuses.union([
        302, 303, 307, 400, 401, 403, 500, 502, 503, 504,
    ])
    /// More fields that tell answers apart are more than anybody means.
    static let varyMax = 16

    /// - Parameter question: what was asked; a `GET`.
    static func of(
        _ status: Int, _ fields: HTTPFields, _ control: CacheControl, _ question: CacheQuestion, _ plan: CachePlan
    ) -> Storability {
        if question.isHead { return .refused("head") }
        if question.control.noStore { return .refused("request-no-store") }
        guard status >= 200, status != 206, status != 304, fields[.contentRange] == nil else {
            return .refused("status")
        }
        if control.noStore, !(control.mustUnderstand && understood.contains(status)) { return .refused("no-store") }
        if control.mustUnderstand, !understood.contains(status) { return .refused("status") }
        if control.isPrivate { return .refused("private") }
        // It would be set for everybody.
        if fields.contains(.setCookie) { return .refused("set-cookie") }
        let vary = VaryNames.of(fields)
        if vary.contains("*") { return .refused("vary-all") }
        if vary.count > varyMax { return .refused("vary-many") }
        if let refusal = personal(control, question) { return refusal }
        let isTold = control.sharedMaxAge != nil || control.maxAge != nil || fields[.expires] != nil
        let isLasting = plan.ttl != nil && lastingStatuses.contains(status)
        // Without a lifetime it can at least be asked about, which may spare its body.
        let isUseful = control.isPublic || control.noCache || fields[.lastModified] != nil || fields[.eTag] != nil
            || plan.staleIfError != nil || plan.staleWhileRevalidate != nil
        guard isTold || isLasting || (isUseful && heuristicStatuses.contains(status)) else {
            return .refused("no-lifetime")
        }
        return .storable
    }

    /// Answers to one caller are for others only where they say so (section 3.5); the same goes for callers known by
    /// other means than `Authorization`.
    private static func personal(_ control: CacheControl, _ question: CacheQuestion) -> Storability? {
        if question.isAuthorized, !CallerScope(control).contains(.authorized) { return .refused("authorization") }
        if question.hasCookie, !CallerScope(control).contains(.cookies) { return .refused("cookie") }
        return nil
    }
}

/// Which callers, besides those nobody knows, an answer may be given to that was made for another.
struct CallerScope: OptionSet, Sendable, Hashable {
    let rawValue: UInt8
    /// Those with `Authorization`, or known by a certificate, a key and the like (RFC 9111, section 3.5).
    static let authorized = CallerScope(rawValue: 1)
    /// Those with cookies. RFC 9111 knows no such limit; but what depends on a cookie is often not marked by its maker.
    static let cookies = CallerScope(rawValue: 2)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// As an answer has it.
    init(_ control: CacheControl) {
        self.init(rawValue: 0)
        if control.isPublic || control.sharedMaxAge != nil {
            formUnion([.authorized, .cookies])
        } else if control.mustRevalidate {
            insert(.authorized)
        }
    }
}
