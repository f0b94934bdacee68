internal import FlotillaHTTP
internal import HTTPTypes

/// A route as the gateway publishes it, so that tests of every route cover new ones by themselves.
struct PublishedRoute: Sendable {
    var method: HTTPRequest.Method
    /// With the names of its parameters in braces.
    var target: String
    /// The example of its JSON body; nil when it takes none.
    var body: JSONObject?
    var needsToken: Bool
    /// Names of its query's parameters.
    var query: [String]

    var hasParameters: Bool { target.contains("{") }

    static func all(of client: ShopClient) async throws -> [PublishedRoute] {
        let document = try await client.get("/openapi.json").expecting(200).json
        var routes: [PublishedRoute] = []
        for path in document["paths"]?.object?.members ?? [] {
            for operation in path.value.object?.members ?? [] {
                guard let method = HTTPRequest.Method(operation.name.uppercased()) else { continue }
                routes.append(PublishedRoute(method, path.name, operation.value))
            }
        }
        return routes
    }

    private init(_ method: HTTPRequest.Method, _ target: String, _ operation: JSONValue) {
        self.method = method
        self.target = target
        body = operation["requestBody"]?["content"]?["application/json"]?["example"]?.object
        needsToken = operation["security"]?.array?.isEmpty == false
        query = (operation["parameters"]?.array ?? []).filter { $0["in"]?.string == "query" }
            .compactMap { $0["name"]?.string }
    }

    /// The path with `value` for each parameter.
    func target(with value: String) -> String {
        target.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? value : String($0) }.joined(separator: "/")
    }
}
