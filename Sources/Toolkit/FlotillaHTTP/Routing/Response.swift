public import HTTPTypes

/// An HTTP response: complete, or with a body that is written while it is sent.
public struct Response: Sendable {
    /// What follows the head.
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Called once, by whoever sends the response. It is cancelled when the receiver goes away.
        case stream(@Sendable (any ResponseBodyWriter) async throws -> Void)
    }

    /// Three digits and a phrase.
    public var status: HTTPResponse.Status
    /// All header fields but those the server adds: `Date`, and `Content-Length` where it is known.
    public var headers: HTTPFields
    /// Complete or streamed.
    public var body: Body

    public init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A complete JSON document.
    public static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        Response(status, headers: headers.with(.contentType, "application/json"), body: .bytes(bytes))
    }

    /// Plain text.
    public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status, headers: [.contentType: "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// A page.
    public static func html(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status, headers: [.contentType: "text/html; charset=utf-8"], body: .bytes(Array(html.utf8)))
    }

    /// The body in one piece.
    ///
    /// - Parameter bytesMax: a longer stream is broken off with `too-large`.
    /// - Throws: what the stream throws.
    public func collect(bytesMax: Int = 1 << 20) async throws -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .stream(let write):
            let collector = CollectingBodyWriter(bytesMax: bytesMax)
            try await write(collector)
            return collector.bytes
        }
    }

    /// This response with a strong `ETag` made from its body; or 304, for a `GET` whose sender has that body.
    ///
    /// Streams stay as they are.
    public func tagged(for request: Request) -> Response {
        guard case .bytes(let bytes) = body else { return self }
        let tag = EntityTag.content.value(for: bytes)
        let tagged = headers.with(.eTag, tag)
        let isRead = request.method == .get || request.method == .head
        if isRead, EntityTag.matches(request.headers[.ifNoneMatch], tag) {
            return Response(.notModified, headers: tagged)
        }
        return Response(status, headers: tagged, body: body)
    }

    /// The bytes of a body that is complete; nil for a stream.
    public var bytes: [UInt8]? {
        guard case .bytes(let bytes) = body else { return nil }
        return bytes
    }
}

extension HTTPFields {
    /// These fields and one more, which replaces any of that name.
    func with(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var copy = self
        copy[name] = value
        return copy
    }
}
