/// The directives of a `Cache-Control` field (RFC 9111, section 5.2; RFC 5861), of a request or of an answer.
///
/// Anything can be parsed: what is not known is ignored, a number that is none counts as the strictest there is, and
/// of a directive that stands there twice the stricter one holds (section 4.2.1).
struct CacheControl: Sendable, Hashable {
    /// Longer times are as good as for ever (section 1.2.2).
    static let secondsMax = 1 << 31

    var noStore = false
    var noCache = false
    var noTransform = false
    var isPrivate = false
    var isPublic = false
    var mustRevalidate = false
    var proxyRevalidate = false
    var mustUnderstand = false
    var onlyIfCached = false
    /// All times are in seconds, from 0 to ``secondsMax``.
    var maxAge: Int?
    var sharedMaxAge: Int?
    var minFresh: Int?
    /// Without a number: ``secondsMax``.
    var maxStale: Int?
    var staleWhileRevalidate: Int?
    var staleIfError: Int?

    /// No directives.
    static let none = CacheControl()

    init() {}

    /// - Parameter text: the value of the field; of several fields their values with commas in between.
    init(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var reader = DirectiveReader(UnsafeRawBufferPointer(bytes))
            while let (name, value) = reader.next() { note(name, value) }
        }
    }

    private mutating func note(_ name: String, _ value: DirectiveReader.Value) {
        switch name {
        case "no-store": noStore = true
        // With names of fields they are stricter for these only; to hold for all is allowed (section 5.2.2.4).
        case "no-cache": noCache = true
        case "private": isPrivate = true
        case "public": isPublic = true
        case "no-transform": noTransform = true
        case "must-revalidate": mustRevalidate = true
        case "proxy-revalidate": proxyRevalidate = true
        case "must-understand": mustUnderstand = true
        case "only-if-cached": onlyIfCached = true
        case "max-age": maxAge = Self.lesser(maxAge, value.seconds ?? 0)
        case "s-maxage": sharedMaxAge = Self.lesser(sharedMaxAge, value.seconds ?? 0)
        case "min-fresh": minFresh = max(minFresh ?? 0, value.seconds ?? Self.secondsMax)
        case "max-stale":
            let seconds = value == .none ? Self.secondsMax : value.seconds ?? 0
            maxStale = Self.lesser(maxStale, seconds)
        case "stale-while-revalidate":
            staleWhileRevalidate = Self.lesser(staleWhileRevalidate, value.seconds ?? 0)
        case "stale-if-error": staleIfError = Self.lesser(staleIfError, value.seconds ?? 0)
        default: break
        }
    }

    private static func lesser(_ known: Int?, _ seconds: Int) -> Int { min(known ?? seconds, seconds) }
}
