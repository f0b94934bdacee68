internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaProxy
internal import HTTPTypes

/// A kept answer as one request gets it.
struct CachedAnswer: Sendable {
    let stored: StoredAnswer
    /// In seconds.
    let age: Int64
    /// How many seconds it stays fresh; negative: for how long it has been stale.
    let ttl: Int64
    /// Whether the client has the body already: it gets 304.
    let isUnchanged: Bool
    /// What became of the request, for `Cache-Status` (RFC 9211): `hit`.
    var course: String
    /// Why, in the words of a slug; nil: that is plain.
    var detail: String?

    init(_ stored: StoredAnswer, _ question: CacheQuestion, _ now: Duration, course: String, detail: String? = nil) {
        self.stored = stored
        let age = stored.freshness.age(now)
        self.age = age.components.seconds
        ttl = (stored.freshness.lifetime - age).components.seconds
        self.course = course
        self.detail = detail
        isUnchanged = stored.status.code == 200
            && question.isAnswered(tag: stored.tag, changed: stored.changed, made: stored.made)
    }

    private var cacheStatus: String {
        let told = "gateway; \(course); ttl=\(ttl)"
        return detail.map { "\(told); detail=\($0)" } ?? told
    }

    /// For a task that answers. A `HEAD` gets the body as well, which whoever sends it leaves out.
    func response() -> Response {
        var fields = isUnchanged ? StoredAnswer.unchanged(stored.fields) : stored.fields
        fields[.age] = String(age)
        fields[.cacheStatus] = cacheStatus
        return isUnchanged
            ? Response(.notModified, headers: fields)
            : Response(stored.status, headers: fields, body: .bytes(stored.body))
    }

    #if os(Linux)
        /// For the thread of a loop; no body is copied. A `HEAD` gets the body as well, which the loop leaves out.
        func ready() -> ReadyAnswer {
            var head = isUnchanged ? stored.unchangedHead : stored.head
            head.add("Age", String(age))
            head.add("Cache-Status", cacheStatus)
            return ReadyAnswer(head, isUnchanged ? [] : stored.body)
        }
    #endif
}

extension CacheQuestion {
    /// Whether the client has what is there already (RFC 9110, section 13.2.2; RFC 9111, section 4.3.2).
    ///
    /// - Parameters:
    ///   - changed: `Last-Modified`; without it the time counts at which it was made.
    ///   - made: in seconds after 1970.
    func isAnswered(tag: String?, changed: String?, made: Int64) -> Bool {
        if let knownTags {
            guard knownTags != "*" else { return true }
            guard let tag else { return false }
            return EntityTagList.contains(knownTags, tag)
        }
        guard let knownDate, let known = HTTPDateReader.seconds(knownDate, now: made) else { return false }
        let last = changed.map { HTTPDateReader.seconds($0, now: made) } ?? made
        return last.map { $0 <= known } ?? false
    }
}

/// A list of entity tags, as conditions have it (RFC 9110, section 8.8.3).
enum EntityTagList {
    /// Whether the tag is in the list, by the weak comparison. A tag may contain commas.
    static func contains(_ list: String, _ tag: String) -> Bool {
        let wanted = opaque(Substring(tag))
        var rest = Substring(list)
        while let quote = rest.utf8.firstIndex(of: UInt8(ascii: "\"")) {
            let inner = rest.utf8.index(after: quote)
            guard let end = rest.utf8[inner...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
            if rest[quote...end] == wanted { return true }
            rest = rest[rest.utf8.index(after: end)...]
        }
        return false
    }

    private static func opaque(_ tag: Substring) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }
}

extension HTTPField.Name {
    /// What caches did (RFC 9211).
    static let cacheStatus = constant("Cache-Status")
}
