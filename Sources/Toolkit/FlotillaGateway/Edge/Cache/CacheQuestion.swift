/// What a cache has to know of a request besides its key.
struct CacheQuestion: Sendable, Hashable {
    var isHead: Bool
    var control: CacheControl
    /// Whether the caller is known, by `Authorization` or otherwise.
    var isAuthorized: Bool
    var hasCookie: Bool
    /// `If-None-Match`.
    var knownTags: String?
    /// `If-Modified-Since`; counts only without the other (RFC 9110, section 13.1.3).
    var knownDate: String?

    /// - Parameters:
    ///   - isKnown: whether the caller is known by other means than `Authorization`.
    /// - Returns: nil when the answer is neither kept nor taken from the cache: another method, a range, or a condition
    ///   that only the one who knows the present state can judge (RFC 9111, section 4.3.2).
    init?(_ head: borrowing some EdgeHead & ~Copyable, _ plan: CachePlan, isKnown: Bool) {
        let method = head.methodText()
        guard method == "GET" || method == "HEAD", plan.methods.contains(method) else { return nil }
        guard head.field("range") == nil, head.field("if-match") == nil, head.field("if-unmodified-since") == nil
        else { return nil }
        isHead = method == "HEAD"
        control = head.joined("cache-control").map { CacheControl($0) } ?? .none
        isAuthorized = isKnown || head.field("authorization") != nil
        hasCookie = head.field("cookie") != nil
        knownTags = head.joined("if-none-match")
        knownDate = knownTags == nil ? head.field("if-modified-since") : nil
    }

    /// What such a caller's answer must allow.
    var caller: CallerScope {
        var caller: CallerScope = []
        if isAuthorized { caller.insert(.authorized) }
        if hasCookie { caller.insert(.cookies) }
        return caller
    }
}
