internal import FlotillaProxy

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
    /// - Returns: nil when the answer is neither kept nor taken from the cache: another method, a range, a condition
    ///   that only the one who knows the present state can judge (RFC 9111, section 4.3.2), a wish for another
    ///   protocol, or a body, which is no part of the key and may change the answer all the same.
    init?(_ head: borrowing some EdgeHead & ~Copyable, _ plan: CachePlan, isKnown: Bool) {
        isHead = head.isMethod(Self.head)
        guard isHead || head.isMethod(Self.get), plan.methods.contains(isHead ? .head : .get) else { return nil }
        guard !head.has(.range), !head.has(.ifMatch), !head.has(.ifUnmodifiedSince), !head.has(.upgrade),
            !head.has(.transferEncoding), head.withField(.contentLength, { $0?.elementsEqual("0".utf8) ?? true })
        else { return nil }
        control = head.has(.cacheControl) ? CacheControl(head.joined("cache-control") ?? "") : .none
        isAuthorized = isKnown || head.has(.authorization)
        hasCookie = head.has(.cookie)
        knownTags = head.has(.ifNoneMatch) ? head.joined("if-none-match") : nil
        knownDate = knownTags == nil && head.has(.ifModifiedSince) ? head.field("if-modified-since") : nil
    }

    private static let get = Array("GET".utf8)
    private static let head = Array("HEAD".utf8)

    /// What such a caller's answer must allow.
    var caller: CallerScope {
        var caller: CallerScope = []
        if isAuthorized { caller.insert(.authorized) }
        if hasCookie { caller.insert(.cookies) }
        return caller
    }
}

extension EdgeHead where Self: ~Copyable {
    /// Whether there is such a field.
    fileprivate borrowing func has(_ name: KnownField) -> Bool { withField(name) { $0 != nil } }
}
