public import FlotillaCore
public import FlotillaHTTP
internal import HTTPTypes

/// Answers plain HTTP with JSON by calling gRPC methods, as the .proto files say (`google.api.http`;
/// grpc-gateway, Envoy's gRPC-JSON transcoder).
///
/// A method is reached by the paths of its options, and by its name: `POST /package.Service/Method` with the whole
/// message as body. Methods that take a stream are not reached; those that answer with one are answered as lines of
/// JSON, or as server-sent events to those who accept them. Immutable and safe to share.
public struct Transcoder: Sendable {
    private let schema: ProtoSchema
    private let style: JSONStyle
    private let prefix: String
    /// By HTTP method; those with more given segments first.
    private let bindings: [String: [GRPCBinding]]
    private let named: [String: GRPCBinding]

    /// - Parameters:
    ///   - services: their full names; nil: all of the schema.
    ///   - prefix: what stands before all paths: `/grpc`.
    ///   - style: what answers look like.
    /// - Throws: ``ProtoError`` for a service that is not there, or a rule that does not fit its message.
    public init(
        _ schema: ProtoSchema, services: [String]? = nil, prefix: String = "", style: JSONStyle = JSONStyle()
    ) throws(ProtoError) {
        self.schema = schema
        self.style = style
        self.prefix = prefix
        for name in services ?? [] where !schema.serviceNames.contains(name) {
            let known = schema.serviceNames.joined(separator: ", ")
            throw ProtoError("", .unknown, "there is no service \(name); there are \(known)")
        }
        var bindings: [String: [GRPCBinding]] = [:]
        var named: [String: GRPCBinding] = [:]
        for service in schema.services where services?.contains(service.fullName) ?? true {
            for method in service.methods where !method.isClientStream {
                let whole = HTTPRule(method: "POST", path: method.path, body: "*")
                named[method.path] = GRPCBinding(method: method, rule: whole, template: nil)
                for rule in method.rules {
                    bindings[rule.method, default: []].append(try Self.binding(method, rule, schema))
                }
            }
        }
        // Sorting is stable: of two that fit alike, the one that stands first.
        self.bindings = bindings.mapValues { list in
            list.sorted { ($0.template?.weight ?? 0) > ($1.template?.weight ?? 0) }
        }
        self.named = named
    }

    /// The methods that can be called, as `package.Service/Method`.
    public var methodNames: [String] { named.values.map(\.name).sorted() }

    // MARK: Bindings

    /// A method for a route whose path somebody else matches.
    ///
    /// - Parameters:
    ///   - name: `package.Service/Method`.
    ///   - body: the field that the body is; `*`: the whole message; nil: there is no body.
    ///   - captures: the placeholders of the path, which are fields.
    /// - Throws: ``ProtoError`` when there is no such method, or a field is not there.
    public func binding(
        _ name: String, body: String?, captures: [String]
    ) throws(ProtoError) -> GRPCBinding {
        guard let found = named["/" + name] else {
            throw ProtoError("", .unknown, "there is no method \(name) that can be called; there are "
                + methodNames.prefix(20).joined(separator: ", "))
        }
        let path = captures.map { "/{\($0)}" }.joined()
        let rule = HTTPRule(method: "", path: path.isEmpty ? "/" : path, body: body)
        try Self.check(found.method, rule, captures.map { $0.split(separator: ".").map(String.init) }, schema)
        return GRPCBinding(method: found.method, rule: rule, template: nil)
    }

    private static func binding(
        _ method: MethodType, _ rule: HTTPRule, _ schema: ProtoSchema
    ) throws(ProtoError) -> GRPCBinding {
        guard let template = RuleTemplate(rule.path) else {
            throw ProtoError("", .unknown, "\(method.path): \(rule.path) is no path of google.api.http")
        }
        try check(method, rule, template.variables.map(\.field), schema)
        return GRPCBinding(method: method, rule: rule, template: template)
    }

    private static func check(
        _ method: MethodType, _ rule: HTTPRule, _ fields: [[String]], _ schema: ProtoSchema
    ) throws(ProtoError) {
        var wanted = fields
        if let body = rule.body, body != "*" { wanted.append([body]) }
        for path in wanted {
            var type: MessageType? = schema.messages[method.input]
            for step in path {
                guard let place = type?.place(named: step), let field = type?.fields[place] else {
                    let name = schema.messages[method.input].fullName
                    let field = path.joined(separator: ".")
                    throw ProtoError("", .unknown, "\(method.path): \(name) has no field \(field)")
                }
                type = if case .message(let index) = field.kind { schema.messages[index] } else { nil }
            }
        }
        if let body = rule.responseBody, schema.messages[method.output].place(named: body) == nil {
            throw ProtoError("", .unknown, "\(method.path): the answer has no field \(body)")
        }
    }

    // MARK: Requests

    /// Answers a request by the method that its path means.
    ///
    /// - Parameters:
    ///   - context: of the request.
    ///   - caller: makes the call, and keeps the deadline of the context.
    /// - Throws: `unknown-path` (404), `method-not-allowed` (405), `malformed-json`, `malformed-query` (400),
    ///   `unsupported-media-type` (415), `invalid-input` (422); the problem that the call ended with.
    public func respond(
        to request: Request, _ context: CallContext, through caller: some GRPCCaller
    ) async throws -> Response {
        let (binding, captures) = try find(request)
        return try await respond(to: request, binding, captures, context, caller)
    }

    /// Answers a request by a method that its route names.
    ///
    /// - Parameter captures: what the placeholders of the route's path stand for, decoded.
    /// - Throws: as ``respond(to:_:through:)``.
    public func respond(
        to request: Request, by binding: GRPCBinding, captures: [String: String], _ context: CallContext,
        through caller: some GRPCCaller
    ) async throws -> Response {
        let captures = captures.sorted { $0.key < $1.key }.map { name, value in
            RuleTemplate.Capture(field: name.split(separator: ".").map(String.init), value: value)
        }
        return try await respond(to: request, binding, captures, context, caller)
    }

    func find(_ request: Request) throws -> (GRPCBinding, [RuleTemplate.Capture]) {
        guard request.path.hasPrefix(prefix) else { throw StatusError.unknownPath }
        let path = request.path.dropFirst(prefix.count)
        if let binding = named[String(path)] {
            guard request.method == .post else {
                throw StatusError.methodNotAllowed(request.method.rawValue, allowed: ["POST"])
            }
            return (binding, [])
        }
        let method = request.method == .head ? "GET" : request.method.rawValue
        for binding in bindings[method] ?? [] {
            if let captures = binding.template?.match(path) { return (binding, captures) }
        }
        let allowed = bindings.keys.sorted().filter { other in
            bindings[other]?.contains { $0.template?.match(path) != nil } ?? false
        }
        guard allowed.isEmpty else {
            throw StatusError.methodNotAllowed(request.method.rawValue, allowed: allowed)
        }
        throw StatusError.unknownPath
    }

    private func respond(
        to request: Request, _ binding: GRPCBinding, _ captures: [RuleTemplate.Capture], _ context: CallContext,
        _ caller: some GRPCCaller
    ) async throws -> Response {
        let call = GRPCCall(
            path: binding.method.path, metadata: GRPCMetadata.fields(of: request, context),
            message: try RequestMessage.bytes(of: request, binding, captures: captures, in: schema),
            isServerStream: binding.method.isServerStream)
        guard !binding.method.isServerStream else { return stream(call, binding, request, context, caller) }
        let reply = OneMessage()
        do {
            try await caller.call(call, context) { try reply.take($0) }
        } catch let status as GRPCStatus {
            throw status.problem(of: call.service)
        }
        guard let message = reply.message else {
            throw GRPCStatus(.internal, "The call ended well, but without an answer.").problem(of: call.service)
        }
        return .json(try json(message, binding))
    }

    /// The JSON of one message of an answer.
    func json(_ message: [UInt8], _ binding: GRPCBinding) throws -> [UInt8] {
        let type = schema.messages[binding.method.output]
        let json: [UInt8]
        do {
            json = try MessageDecoder.json(of: message, as: type, in: schema, style: style)
        } catch {
            throw ServiceError(
                .unavailable, "unreadable-answer", "\(binding.method.service) answered something that cannot be read.",
                cause: error)
        }
        guard let name = binding.rule.responseBody, let place = type.place(named: name) else { return json }
        // Rare enough to be read again.
        let whole = try JSONValue(parsing: json, bytesMax: json.count, depthMax: 2 * WireReader.depthMax)
        let field = type.fields[place]
        if let value = whole[style.usesProtoNames ? field.name : field.jsonName] { return value.bytes() }
        switch field.label {
        case .repeated: return JSONValue.array([]).bytes()
        case .map: return JSONValue.object(JSONObject()).bytes()
        case .implicit, .explicit: return JSONValue.null.bytes()
        }
    }
}
