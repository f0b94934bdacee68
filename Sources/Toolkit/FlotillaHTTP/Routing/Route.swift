public import HTTPTypes

/// One thing a service can be asked for: method, path, who may, what goes in, what comes out, and the code.
public struct Route: Sendable {
    /// `GET`, `POST` and so on.
    public let method: HTTPRequest.Method
    /// With the prefix of its routes.
    public let path: PathTemplate
    /// Who may use it.
    public let access: Access
    /// One line for people.
    public let summary: String
    /// What goes in and comes out. Worked out when it is asked for: most processes never are.
    public var documentation: RouteDocumentation { describe() }
    let describe: @Sendable () -> RouteDocumentation
    let handler: @Sendable (Call) async throws -> Response
}

/// What the OpenAPI document says of a route beyond method, path and access.
public struct RouteDocumentation: Sendable {
    /// A schema with the name of the Swift type it was made from.
    public struct NamedSchema: Sendable {
        /// As it stands in the document, after the service and a dot.
        public var name: String
        /// JSON Schema, draft 2020-12.
        public var schema: JSONValue
    }

    /// The fields of the query; nil when the route does not look at it.
    public var query: NamedSchema?
    /// The body of the request.
    public var input: NamedSchema?
    /// Whether the body may also be a form.
    public var takesForm = false
    /// The body of the answer; nil when there is none, or none in JSON.
    public var answer: NamedSchema?
    /// An answer in full.
    public var example: JSONValue?
    /// The media type of an answer that is not JSON.
    public var produces: String?
    /// What a good answer has.
    public var status: HTTPResponse.Status = .ok
    /// The route's own errors.
    public var problems: [KnownProblem] = []

    /// What a route's declaration says of it.
    init(status: HTTPResponse.Status, problems: [KnownProblem]) {
        self.status = status
        self.problems = problems
    }

    mutating func setInput<Input: RequestInput>(_ type: Input.Type, takesForm: Bool) {
        input = NamedSchema(name: Self.name(of: type), schema: type.inputSchema)
        self.takesForm = takesForm
    }

    mutating func setQuery<Query: RequestInput>(_ type: Query.Type) {
        query = NamedSchema(name: Self.name(of: type), schema: type.inputSchema)
    }

    mutating func setAnswer<Body: ResponseBody>(_ type: Body.Type) {
        guard type != NoContent.self else { return }
        // What we wrote ourselves always parses; were it not so, the document would lack the example only.
        guard let example = try? JSONValue(parsing: type.example.jsonBytes(), bytesMax: .max, depthMax: .max) else {
            assertionFailure("the example of \(type) is not one JSON value")
            return
        }
        self.example = example
        answer = NamedSchema(name: Self.name(of: type), schema: JSONSchema.derived(from: example))
    }

    /// The type's name in the characters OpenAPI allows: `Page<OrderAnswer>` becomes `Page.OrderAnswer`.
    private static func name(of type: Any.Type) -> String {
        var name = ""
        for scalar in String(describing: type).unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-": name.unicodeScalars.append(scalar)
            case "<", ".", ",": name += "."
            default: break
            }
        }
        return name
    }
}
