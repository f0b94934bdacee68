public import FlotillaCore
public import HTTPTypes

/// An HTTP request whose body has arrived.
public struct Request: Sendable {
    /// `GET`, `POST` and so on.
    public var method: HTTPRequest.Method
    /// The path as it was sent, percent-encoded, without the query; it begins with `/`.
    public var path: String
    /// What stands after the `?`, percent-encoded; empty when there is none.
    public var query: String
    /// All header fields but `Host`, which is ``authority``.
    public var headers: HTTPFields
    /// At most as long as the server allows, 1 MiB by default.
    public var body: [UInt8]
    /// The IP address the request came from; empty when it came from this process.
    public var remoteAddress: String
    /// Host and port the request was sent to (the `Host` field); empty when it came from this process.
    public var authority = ""
    /// By when the caller needs the answer, where it is in the same process; between processes a header says it.
    public var deadline: Deadline?

    public init(
        _ method: HTTPRequest.Method, _ path: String, query: String = "", headers: HTTPFields = [:],
        body: [UInt8] = [], remoteAddress: String = "", deadline: Deadline? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.deadline = deadline
    }

    /// A request as it stands on the wire.
    ///
    /// - Parameter target: path and query, or a whole URL (RFC 9112, section 3.2.2), whose scheme and host are dropped.
    public init(
        _ method: HTTPRequest.Method, target: String, headers: HTTPFields = [:], body: [UInt8] = [],
        remoteAddress: String = ""
    ) {
        var rest = Substring(target)
        if rest.first != "/", let scheme = rest.range(ofASCII: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest.firstIndex(where: { $0 == "/" || $0 == "?" }).map { rest[$0...] } ?? ""
        }
        if let fragment = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = mark.map { rest[..<$0] } ?? rest
        self.init(
            method, path.isEmpty ? "/" : String(path),
            query: mark.map { String(rest[rest.utf8.index(after: $0)...]) } ?? "",
            headers: headers, body: body, remoteAddress: remoteAddress)
    }

    /// Path and query as they stand on the wire.
    public var target: String { query.isEmpty ? path : "\(path)?\(query)" }
}

extension Substring {
    fileprivate func range(ofASCII text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            let rest = self[start...]
            if rest.hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
