/// A service of a .proto file.
struct ServiceType: Sendable {
    /// With its package.
    let fullName: String
    let methods: [MethodType]
}

/// A method of a service.
struct MethodType: Sendable {
    /// `GetProducts`.
    let name: String
    /// The full name of its service.
    let service: String
    /// The place of the request's type in the schema.
    let input: Int
    /// The place of the answer's type in the schema.
    let output: Int
    /// Whether the request is a stream.
    let isClientStream: Bool
    /// Whether the answer is one.
    let isServerStream: Bool
    /// How it is reached by plain HTTP (`google.api.http`); empty when the file does not say.
    let rules: [HTTPRule]

    /// `/package.Service/Method`: its path in gRPC.
    var path: String { "/\(service)/\(name)" }
}

/// How a method is reached by plain HTTP (google/api/http.proto).
struct HTTPRule: Sendable, Hashable {
    /// `GET`.
    var method: String
    /// `/v1/{name=shelves/*}/books`.
    var path: String
    /// The field that the body is; `*`: the whole request; nil: there is no body.
    var body: String?
    /// The field that the answer is; nil: the whole reply.
    var responseBody: String?
}
