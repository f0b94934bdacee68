internal import FlotillaCore
internal import HTTPTypes

/// One operation of an OpenAPI document, and the schemas it refers to.
struct OperationDescription {
    let service: String
    let route: Route
    private let documentation: RouteDocumentation
    private(set) var schemas: [RouteDocumentation.NamedSchema] = []

    init(service: String, route: Route) {
        self.service = service
        self.route = route
        documentation = route.documentation
    }

    mutating func json() -> JSONValue {
        var operation = JSONObject()
        operation["operationId"] = .string(operationID)
        operation["summary"] = .string(route.summary)
        operation["tags"] = [.string(service)]
        let parameters = parameters()
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = requestBody() { operation["requestBody"] = body }
        operation["responses"] = .object(responses())
        switch route.access {
        case .anyone: operation["security"] = []
        case .signedIn: operation["security"] = [["bearer": []]]
        case .roles(let roles):
            operation["security"] = [["bearer": []]]
            operation["x-roles"] = .array(roles.map(\.rawValue).sorted().map { .string($0) })
        }
        return .object(operation)
    }

    /// `getOrdersByIdEvents`: unique, because method and path are.
    private var operationID: String {
        var name = route.method.rawValue.lowercased()
        for segment in route.path.segments {
            switch segment {
            case .literal(let text):
                for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                    name += word.prefix(1).uppercased() + word.dropFirst()
                }
            case .placeholder(let text), .rest(let text):
                name += "By" + text.prefix(1).uppercased() + text.dropFirst()
            }
        }
        return name
    }

    private func parameters() -> [JSONValue] {
        var parameters: [JSONValue] = route.path.placeholders.map { name in
            ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        let required = documentation.query?.schema["required"]?.array ?? []
        for field in documentation.query?.schema["properties"]?.object?.members ?? [] {
            parameters.append([
                "name": .string(field.name), "in": "query",
                "required": .bool(required.contains(.string(field.name))), "schema": field.value,
            ])
        }
        if route.method == .post {
            parameters.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": ["type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]*$"],
            ])
        }
        return parameters
    }

    private mutating func requestBody() -> JSONValue? {
        guard let input = documentation.input else { return nil }
        let media: JSONValue = ["schema": reference(to: input), "example": JSONSchema.example(of: input.schema)]
        var content = JSONObject([JSONObject.Member(name: "application/json", value: media)])
        if documentation.takesForm { content["application/x-www-form-urlencoded"] = media }
        return ["required": true, "content": .object(content)]
    }

    private mutating func responses() -> JSONObject {
        var good: JSONObject = JSONObject([
            JSONObject.Member(name: "description", value: .string(documentation.status.reasonPhrase))
        ])
        if let answer = documentation.answer, let example = documentation.example {
            good["content"] = ["application/json": ["schema": reference(to: answer), "example": example]]
        } else if let produces = documentation.produces {
            good["content"] = .object(
                JSONObject([JSONObject.Member(name: produces, value: ["schema": ["type": "string"]])]))
        }
        var responses = JSONObject([
            JSONObject.Member(name: String(documentation.status.code), value: .object(good))
        ])
        for (code, summaries) in problems().sorted(by: { $0.key < $1.key }) {
            responses[String(code)] = [
                "description": .string(summaries.joined(separator: " ")),
                "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
            ]
        }
        return responses
    }

    /// Status codes with what they mean here: those that follow from the declaration, and the route's own.
    private func problems() -> [Int: [String]] {
        var problems: [Int: [String]] = [:]
        if documentation.input != nil {
            problems[400] = ["`malformed-json`: the body cannot be read."]
            problems[413] = ["`too-large`: the body is too long."]
            problems[415] = ["`unsupported-media-type`: the body is not JSON."]
        }
        if documentation.input != nil || documentation.query != nil {
            problems[422] = ["`invalid-input`: a field is wrong, missing or unknown; `errors` names each."]
        }
        if route.access != .anyone { problems[401] = ["`not-signed-in`, `invalid-token`: there is no valid token."] }
        if case .roles = route.access { problems[403] = ["`not-allowed`: the role may not do this."] }
        if !route.path.placeholders.isEmpty { problems[404] = ["`not-found`: there is no such thing."] }
        problems[429] = ["`rate-limited`: too many requests; wait for `Retry-After`."]
        problems[503] = ["`unavailable`: try again after `Retry-After`."]
        for problem in documentation.problems {
            let text = problem.summary.isEmpty ? "`\(problem.slug)`." : "`\(problem.slug)`: \(problem.summary)"
            problems[Problem.status(of: problem.kind).code, default: []].append(text)
        }
        return problems
    }

    private mutating func reference(to schema: RouteDocumentation.NamedSchema) -> JSONValue {
        let name = "\(service).\(schema.name)"
        schemas.append(RouteDocumentation.NamedSchema(name: name, schema: schema.schema))
        return ["$ref": .string("#/components/schemas/\(name)")]
    }
}
