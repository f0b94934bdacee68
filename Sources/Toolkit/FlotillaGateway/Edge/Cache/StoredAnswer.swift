internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaProxy
internal import HTTPTypes

/// An answer as it is kept: whole, with what has to be known to use it. Never changed; safe to share.
final class StoredAnswer: Sendable {
    /// What is said of it and its keeping besides bytes that can be counted.
    private static let overhead = 600

    let status: HTTPResponse.Status
    /// Without those of the connection, of the call it was made for, and of caches on its way.
    let fields: HTTPFields
    let body: [UInt8]
    let freshness: Freshness
    /// Who it may be given to besides those nobody knows.
    let callers: CallerScope
    /// `ETag`.
    let tag: String?
    /// `Last-Modified`, as it was sent.
    let changed: String?
    /// `Date`, in seconds after 1970: of two answers that fit the later one does.
    let made: Int64
    /// What it depends on.
    let variant: CacheVariant
    /// The head as it goes out, without `Age` and `Cache-Status`.
    let head: AnswerHead
    /// The same for 304.
    let unchangedHead: AnswerHead
    /// What it takes of ``CacheStorePlan/bytesMax``.
    let size: Int

    init(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, _ body: [UInt8], _ freshness: Freshness,
        _ callers: CallerScope, _ variant: CacheVariant, clock: Int64
    ) {
        let kept = Self.kept(fields)
        self.status = status
        self.fields = kept
        self.body = body
        self.freshness = freshness
        self.callers = callers
        self.variant = variant
        tag = kept[.eTag]
        changed = kept[.lastModified]
        made = kept[.date].flatMap { HTTPDateReader.seconds($0, now: clock) } ?? clock
        head = AnswerHead(status, kept)
        unchangedHead = AnswerHead(.notModified, Self.unchanged(kept))
        let text = kept.reduce(0) { $0 + 2 * ($1.name.rawName.utf8.count + $1.value.utf8.count + 4) }
        size = body.count + text + variant.size + Self.overhead
    }

    /// The same answer with its body, which has come after its head.
    init(_ head: StoredAnswer, body: [UInt8]) {
        (status, fields, freshness, callers) = (head.status, head.fields, head.freshness, head.callers)
        (tag, changed, made, variant) = (head.tag, head.changed, head.made, head.variant)
        (self.head, unchangedHead) = (head.head, head.unchangedHead)
        self.body = body
        size = head.size - head.body.count + body.count
    }

    /// Whether its maker can be asked if it still holds.
    var hasValidator: Bool { tag != nil || changed != nil }

    /// Whether there is any request that it could answer.
    func isOfUse(_ now: Duration) -> Bool {
        freshness.age(now) < freshness.lifetime || hasValidator || freshness.staleWhileRevalidate > .zero
            || freshness.staleIfError > .zero
    }

    /// What a 304 says (RFC 9110, section 15.4.5).
    static func unchanged(_ fields: HTTPFields) -> HTTPFields {
        HTTPFields(fields.filter { unchangedNames.contains($0.name) })
    }

    private static let unchangedNames: Set<HTTPField.Name> = [
        .cacheControl, .contentLocation, .date, .eTag, .expires, .lastModified, .vary,
    ]

    /// What belongs to one connection or one call is for nobody else (RFC 9111, section 3.1).
    private static func kept(_ fields: HTTPFields) -> HTTPFields {
        let named = fields[.connection].map { $0.lowercased() } ?? ""
        let names = named.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        return HTTPFields(
            fields.filter { field in
                let name = field.name.canonicalName
                return !passing.contains(name) && !names.contains(name) && !name.hasPrefix("ratelimit")
            })
    }

    private static let passing: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "age",
        "cache-status", "x-trace-id", "x-span-id", "x-correlation-id", "x-request-id", "traceparent", "server-timing",
    ]
}

/// What tells an answer apart from others with the same key (RFC 9111, section 4.1, secondary key).
struct CacheVariant: Sendable, Hashable {
    /// Which route made it: another may do other things with the same request.
    var scope: String
    /// Sorted names of request fields, in lower case…
    var names: [String]
    /// …and what they said, in the form of ``VaryNames/normal(_:_:)``.
    var values: [String?]

    /// - Parameter value: what the request says in the field of that name.
    init(scope: String, names: [String], value: (String) -> String?) {
        self.scope = scope
        self.names = names
        values = names.map { VaryNames.normal($0, value($0)) }
    }

    /// Whether a request of that scope says the same.
    func fits(_ scope: String, _ value: (String) -> String?) -> Bool {
        guard scope == self.scope else { return false }
        for (index, name) in names.enumerated() where VaryNames.normal(name, value(name)) != values[index] {
            return false
        }
        return true
    }

    /// The values in one text; of two variants with the same names, another one.
    var look: String { values.map { $0 ?? "\u{0}" }.joined(separator: "\n") }

    var size: Int { names.reduce(0) { $0 + $1.utf8.count + 32 } + values.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 32 } }
}

extension AnswerHead {
    /// Of a kept answer; what the server knows better is not in it.
    fileprivate init(_ status: HTTPResponse.Status, _ fields: HTTPFields) {
        let code = status.code
        let phrase = status.reasonPhrase
        self.init(
            status: code, reason: phrase.isEmpty ? HTTPResponse.Status(integerLiteral: code).reasonPhrase : phrase)
        for field in fields where field.name != .date { add(field.name.rawName, field.value) }
    }
}
