internal import FlotillaConfiguration

/// What a route says of its cache: whose answers are kept, for how long, and what tells them apart.
///
/// Answers say themselves whether and for how long they may be kept (RFC 9111); this adds to it where they are silent.
struct CachePlan: Sendable, Hashable {
    /// Holds in place of what an answer says of its lifetime, but never against `no-store`, `private` or `no-cache`;
    /// for successes and permanent redirects only. Nil: what the answer says.
    var ttl: Duration?
    /// How long after its time an answer is given while a new one is fetched (RFC 5861, section 3), unless it says so
    /// itself.
    var staleWhileRevalidate: Duration?
    /// How long after its time an answer is given in place of an error (RFC 5861, section 4), unless it says so itself.
    var staleIfError: Duration?
    /// Names of request fields, in lower case, that tell answers apart besides those of `Vary`.
    var vary: [String] = []
    /// Names of the query's parameters that tell answers apart, sorted; nil: the whole query does.
    var query: [String]?
    /// Those that are answered from the cache.
    var methods: Methods = [.get, .head]

    init() {}

    /// Reads the group `cache` of a route.
    init(from fields: inout YAMLFields) {
        let times: ClosedRange<Duration> = .zero...(.seconds(365 * 86_400))
        ttl = fields.optionalDuration(
            "ttl", in: times, "How long answers are fresh, whatever they say; else what they say holds.")
        staleWhileRevalidate = fields.optionalDuration(
            "staleWhileRevalidate", in: times, "How long an old answer is given while a new one is fetched.")
        staleIfError = fields.optionalDuration(
            "staleIfError", in: times, "How long an old answer is given in place of an error.")
        vary = fields.texts("vary", count: 0...16, "Request fields that tell answers apart, besides those of Vary.")
            .map { $0.lowercased() }
        for name in vary where !Self.isToken(name) {
            fields.problem(at: "vary", value: name, "is no name of a field", allowed: "names such as Accept-Language")
        }
        let names = fields.texts(
            "query", count: 0...100, "Parameters of the query that tell answers apart; all when it is not there.")
        query = fields.has("query") ? names.sorted() : nil
        let methods = fields.texts("methods", count: 0...2, "GET, HEAD or both, which is the default.")
        for method in methods where method != "GET" && method != "HEAD" {
            fields.problem(at: "methods", value: method, "is never kept", allowed: "GET, HEAD")
        }
        if !methods.isEmpty { self.methods = Methods(methods.map { $0 == "HEAD" ? .head : .get }) }
    }

    /// Methods whose answers may come from a cache.
    struct Methods: OptionSet, Sendable, Hashable {
        let rawValue: UInt8
        static let get = Methods(rawValue: 1)
        static let head = Methods(rawValue: 2)
    }

    private static func isToken(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case 97...122, 48...57: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }
}

/// How much memory the answers of all routes may take.
struct CacheStorePlan: Sendable, Hashable {
    /// Of all that is kept, heads and keys included.
    var bytesMax = 64 << 20
    /// A larger answer is not kept.
    var answerBytesMax = 1 << 20

    init() {}

    /// Reads the group `cache` at the top of the file.
    init(from fields: inout YAMLFields) {
        bytesMax = fields.int("bytesMax", in: (64 << 10)...(1 << 40), default: 64 << 20, "Memory for kept answers.")
        answerBytesMax = fields.int(
            "answerBytesMax", in: 1...(1 << 30), default: 1 << 20, "A larger answer is not kept.")
        if answerBytesMax > bytesMax {
            fields.problem(
                at: "answerBytesMax", value: String(answerBytesMax), "is more than there is room for",
                allowed: "at most bytesMax, \(bytesMax)")
        }
    }
}
