/// Whether one answer is made smaller, and what becomes of its head (RFC 9110, sections 8.4, 8.8.3 and 12.5.5).
struct CompressionChoice: Sendable, Hashable {
    /// Nil: the body stays as it is.
    var coding: ContentCoding?
    /// Fields to be taken away, in lower case: what they say is of the body as it was.
    var without: [String] = []
    /// Fields to be added, or put in place of those of the same name.
    var fields: [Field] = []

    struct Field: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// The head as it is, the body as it is.
    static let none = CompressionChoice()

    /// What is known of an answer before its body comes.
    struct Answer: Sendable {
        var status: Int
        var isHead: Bool
        /// Of the body; nil: it is not known yet.
        var length: Int?
    }

    /// - Parameters:
    ///   - accepted: what the request says in `Accept-Encoding`.
    ///   - field: what the answer says in the field of that name, which is lower case.
    init(_ plan: CompressionPlan, accepted: String?, _ answer: Answer, field: (String) -> String?) {
        guard plan.isEnabled, Self.hasWholeBody(answer.status), plan.concerns(field("content-type")),
            field("content-encoding") == nil, field("content-range") == nil,
            !(field("cache-control").map { CacheControl($0).noTransform } ?? false),
            answer.length.map({ $0 >= plan.bytesMin }) ?? true
        else { return }
        // Caches must know that there is another form of it, also when this client gets the plain one.
        if let vary = Self.vary(field("vary")) { fields.append(Field(name: "Vary", value: vary)) }
        // An answer to HEAD has nothing to be made smaller, and cannot tell how long it would be.
        guard !answer.isHead, let coding = ContentCoding.choose(accepted, among: plan.codings) else { return }
        self.coding = coding
        fields.append(Field(name: "Content-Encoding", value: coding.rawValue))
        // Byte by byte it is not the same any more; as an answer it is, which is what If-None-Match asks.
        if let tag = field("etag"), !tag.hasPrefix("W/") { fields.append(Field(name: "ETag", value: "W/\(tag)")) }
        without = ["content-length", "accept-ranges", "content-digest", "repr-digest", "digest", "content-md5"]
    }

    private init() {}

    /// Interim answers, empty ones, parts and switched protocols have no body that could be made smaller.
    private static func hasWholeBody(_ status: Int) -> Bool {
        (200...599).contains(status) && ![204, 205, 206, 304].contains(status)
    }

    /// With `Accept-Encoding` in it; nil: it is there already.
    private static func vary(_ known: String?) -> String? {
        guard let known, !known.isEmpty else { return "Accept-Encoding" }
        let names = known.lowercased().split(separator: ",").map(\.withoutBlanks)
        return names.contains("accept-encoding") || names.contains("*") ? nil : "\(known), Accept-Encoding"
    }
}
