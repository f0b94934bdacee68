internal import HTTPTypes
internal import Synchronization

/// The description of routes for people and machines (OpenAPI 3.1.0).
///
/// Everything in it comes from the routes themselves, so it cannot differ from what they do.
public struct OpenAPIDocument: Sendable {
    private let content: Content

    /// The whole document. It is put together when it is first asked for.
    public var json: JSONValue { content.json }

    /// - Parameters:
    ///   - service: becomes the tag of every operation and part of the names of its schemas.
    ///   - version: of the service.
    public init(service: String, version: String, routes: Routes) {
        content = Content { Self.document(service: service, version: version, routes: routes) }
    }

    private static func document(service: String, version: String, routes: Routes) -> JSONValue {
        var paths = JSONObject()
        var schemas = JSONObject([JSONObject.Member(name: "Problem", value: problemSchema)])
        for route in routes.all {
            var operation = OperationDescription(service: service, route: route)
            let name = pathName(route.path)
            var methods = paths[name]?.object ?? JSONObject()
            methods[route.method.rawValue.lowercased()] = operation.json()
            paths[name] = .object(methods)
            for schema in operation.schemas { schemas[schema.name] = schema.schema }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(service), "version": .string(version)],
            "paths": .object(paths),
            "components": components(schemas),
        ]
    }

    private init(json: JSONValue) { content = Content { json } }

    /// As it is served.
    public func bytes() -> [UInt8] { json.bytes() }

    /// One document for several services: the union of their paths and schemas, sorted by name.
    ///
    /// - Parameter documents: where two have the same path and method the first one counts.
    public static func merged(title: String, version: String, _ documents: [JSONValue]) -> OpenAPIDocument {
        var paths: [String: JSONObject] = [:]
        var schemas: [String: JSONValue] = ["Problem": problemSchema]
        for document in documents {
            for path in document["paths"]?.object?.members ?? [] {
                for method in path.value.object?.members ?? []
                where paths[path.name]?[method.name] == nil {
                    paths[path.name, default: JSONObject()][method.name] = method.value
                }
            }
            for schema in document["components"]?["schemas"]?.object?.members ?? []
            where schemas[schema.name] == nil {
                schemas[schema.name] = schema.value
            }
        }
        let sortedPaths = paths.sorted { $0.key < $1.key }
            .map { JSONObject.Member(name: $0.key, value: .object($0.value)) }
        let sortedSchemas = schemas.sorted { $0.key < $1.key }
            .map { JSONObject.Member(name: $0.key, value: $0.value) }
        return OpenAPIDocument(json: [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "paths": .object(JSONObject(sortedPaths)),
            "components": components(JSONObject(sortedSchemas)),
        ])
    }

    /// `{rest...}` is no template of OpenAPI.
    static func pathName(_ path: PathTemplate) -> String {
        path.segments.map { segment in
            switch segment {
            case .literal(let text): "/\(text)"
            case .placeholder(let name), .rest(let name): "/{\(name)}"
            }
        }.joined()
    }

    private static func components(_ schemas: JSONObject) -> JSONValue {
        [
            "schemas": .object(schemas),
            "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
        ]
    }

    private static var problemSchema: JSONValue {
        let text: JSONValue = ["type": "string"]
        return [
            "type": "object",
            "description": "What went wrong (RFC 9457). `type` is stable; the texts are for people.",
            "properties": [
                "type": text, "title": text, "status": ["type": "integer"], "detail": text, "traceId": text,
                "errors": [
                    "type": "array",
                    "items": [
                        "type": "object", "properties": ["field": text, "message": text],
                        "required": ["field", "message"],
                    ],
                ],
            ],
            "required": ["type", "title", "status", "detail"],
        ]
    }
}

/// A document that is put together once, by whoever needs it first.
private final class Content: Sendable {
    private let known = Mutex<JSONValue?>(nil)
    private let make: @Sendable () -> JSONValue

    init(_ make: @escaping @Sendable () -> JSONValue) { self.make = make }

    var json: JSONValue {
        known.withLock { known in
            if let known { return known }
            let json = make()
            known = json
            return json
        }
    }
}
