public import HTTPTypes

/// What a route answers when all went well.
public struct Answer<Body: ResponseBody>: Sendable {
    /// What is said.
    public var body: Body
    /// Nil: the status the route declares.
    public var status: HTTPResponse.Status?
    /// Header fields besides those of the body itself.
    public var headers: HTTPFields
    /// Which version of the thing this is; with it, a `GET` with `If-None-Match` is answered 304 when nothing changed.
    public var entityTag: EntityTag?

    public init(
        _ body: Body, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:], entityTag: EntityTag? = nil
    ) {
        self.body = body
        self.status = status
        self.headers = headers
        self.entityTag = entityTag
    }
}

extension Answer where Body == NoContent {
    /// The effect is done and there is nothing to say.
    public static var done: Answer { Answer(NoContent()) }
}

extension Answer {
    func response(to request: Request, defaultStatus: HTTPResponse.Status) -> Response {
        let status = self.status ?? defaultStatus
        if Body.self == NoContent.self { return Response(status, headers: headers) }
        let bytes = body.jsonBytes()
        guard let entityTag else { return .json(bytes, status: status, headers: headers) }
        let tag = entityTag.value(for: bytes)
        let headers = headers.with(.eTag, tag)
        if request.method == .get || request.method == .head,
            EntityTag.matches(request.headers[.ifNoneMatch], tag)
        {
            return Response(.notModified, headers: headers)
        }
        return .json(bytes, status: status, headers: headers)
    }
}
