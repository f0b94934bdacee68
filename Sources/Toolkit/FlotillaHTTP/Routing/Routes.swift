public import HTTPTypes

/// The routes of a service, in the order of its documentation.
///
/// A value: it is filled once, in the composition root, and handed to ``ServiceResponder``.
public struct Routes: Sendable {
    /// What stands before every path that is added.
    public let prefix: String
    /// In the order in which they were added.
    public private(set) var all: [Route] = []

    /// - Parameter prefix: like `/api/v1`, without a slash at its end.
    public init(prefix: String = "") {
        precondition(prefix.isEmpty || (prefix.hasPrefix("/") && !prefix.hasSuffix("/")))
        self.prefix = prefix
    }

    /// Adds all routes of `others`, whose prefix is theirs.
    public mutating func add(_ others: Routes) { all.append(contentsOf: others.all) }

    /// Adds a route that reads a JSON body.
    ///
    /// - Parameters:
    ///   - status: of a good answer that names none.
    ///   - problems: errors of its own, for the documentation.
    ///   - takesForm: whether `application/x-www-form-urlencoded` is taken as well.
    public mutating func add<Input: RequestInput, Body: ResponseBody>(
        _ method: HTTPRequest.Method, _ path: String, access: Access, summary: String, input: Input.Type,
        answers: Body.Type, status: HTTPResponse.Status = .ok, problems: [KnownProblem] = [],
        takesForm: Bool = false, _ handler: @escaping @Sendable (Call, Input) async throws -> Answer<Body>
    ) {
        let status = Self.status(status, answers)
        let describe: @Sendable () -> RouteDocumentation = {
            var documentation = RouteDocumentation(status: status, problems: problems)
            documentation.setInput(Input.self, takesForm: takesForm)
            documentation.setAnswer(Body.self)
            return documentation
        }
        append(method, path, access, summary, describe) { call in
            let input = try BodyDecoder.decode(Input.self, from: call.request, takesForm: takesForm)
            return try await handler(call, input).response(to: call.request, defaultStatus: status)
        }
    }

    /// Adds a route that reads the query, which may then have known fields only.
    public mutating func add<Query: RequestInput, Body: ResponseBody>(
        _ method: HTTPRequest.Method, _ path: String, access: Access, summary: String, query: Query.Type,
        answers: Body.Type, status: HTTPResponse.Status = .ok, problems: [KnownProblem] = [],
        _ handler: @escaping @Sendable (Call, Query) async throws -> Answer<Body>
    ) {
        let status = Self.status(status, answers)
        let describe: @Sendable () -> RouteDocumentation = {
            var documentation = RouteDocumentation(status: status, problems: problems)
            documentation.setQuery(Query.self)
            documentation.setAnswer(Body.self)
            return documentation
        }
        append(method, path, access, summary, describe) { call in
            let query = try Query.read(try Parameters(parsing: call.request.query))
            return try await handler(call, query).response(to: call.request, defaultStatus: status)
        }
    }

    /// Adds a route that reads neither body nor query.
    public mutating func add<Body: ResponseBody>(
        _ method: HTTPRequest.Method, _ path: String, access: Access, summary: String, answers: Body.Type,
        status: HTTPResponse.Status = .ok, problems: [KnownProblem] = [],
        _ handler: @escaping @Sendable (Call) async throws -> Answer<Body>
    ) {
        let status = Self.status(status, answers)
        let describe: @Sendable () -> RouteDocumentation = {
            var documentation = RouteDocumentation(status: status, problems: problems)
            documentation.setAnswer(Body.self)
            return documentation
        }
        append(method, path, access, summary, describe) { call in
            try await handler(call).response(to: call.request, defaultStatus: status)
        }
    }

    /// Adds a route that makes its response itself: a page, a file, a stream of events.
    ///
    /// - Parameter produces: the media type, for the documentation.
    public mutating func addRaw(
        _ method: HTTPRequest.Method, _ path: String, access: Access, summary: String,
        produces: String, problems: [KnownProblem] = [],
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        let describe: @Sendable () -> RouteDocumentation = {
            var documentation = RouteDocumentation(status: .ok, problems: problems)
            documentation.produces = produces
            return documentation
        }
        append(method, path, access, summary, describe, handler)
    }

    private mutating func append(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, _ summary: String,
        _ describe: @escaping @Sendable () -> RouteDocumentation,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        all.append(
            Route(
                method: method, path: PathTemplate(prefix + path), access: access, summary: summary,
                describe: describe, handler: handler))
    }

    /// Nothing in the answer means 204, unless the route says something else than the usual 200.
    private static func status(_ status: HTTPResponse.Status, _ body: Any.Type) -> HTTPResponse.Status {
        body == NoContent.self && status == .ok ? .noContent : status
    }
}
