internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// Makes the message of a call of what a request says: its body, its path and its query (google/api/http.proto).
struct RequestMessage {
    private let schema: ProtoSchema
    private var object = JSONObject()
    private var errors: [FieldError] = []

    /// - Throws: `malformed-json` or `malformed-query` (400), `unsupported-media-type` (415), `invalid-input` (422)
    ///   with the fields that do not fit.
    static func bytes(
        of request: Request, _ binding: GRPCBinding, captures: [RuleTemplate.Capture], in schema: ProtoSchema
    ) throws -> [UInt8] {
        let type = schema.messages[binding.method.input]
        var message = RequestMessage(schema: schema)
        try message.read(request, binding.rule.body, type)
        for capture in captures { message.put([capture.value], at: capture.field[...], type) }
        if binding.rule.body != "*" {
            let query = try Parameters(parsing: request.query)
            let bound = Set(captures.map { $0.field.joined(separator: ".") } + (binding.rule.body.map { [$0] } ?? []))
            for name in query.names {
                guard !bound.contains(name) else {
                    message.fail(name, "is given by the path or the body already")
                    continue
                }
                let steps = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                message.put(query.values(of: name), at: steps[...], type)
            }
        }
        guard message.errors.isEmpty else {
            throw ServiceError(
                .invalid, "invalid-input", "The request has fields that are not valid.", fields: message.errors)
        }
        return try MessageEncoder.bytes(of: .object(message.object), as: type, in: schema)
    }

    private init(schema: ProtoSchema) { self.schema = schema }

    private mutating func fail(_ name: String, _ message: String) {
        guard errors.count < MessageEncoder.errorsMax else { return }
        errors.append(FieldError(field: String(name.prefix(100)), message: message))
    }

    // MARK: The body

    private mutating func read(_ request: Request, _ body: String?, _ type: MessageType) throws {
        guard let body, !request.body.isEmpty else { return }
        if let sent = request.headers[.contentType] {
            let media = sent.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard media == "application/json" || media.hasSuffix("+json") else {
                throw StatusError.unsupportedMediaType(sent, allowed: ["application/json"])
            }
        }
        let value = try JSONValue(parsing: request.body, bytesMax: request.body.count, depthMax: WireReader.depthMax)
        guard body == "*" else {
            object[body] = value
            return
        }
        guard case .object(let whole) = value else {
            throw ServiceError.invalid(field: "", "must be an object, not \(value.typeName)")
        }
        object = whole
    }

    // MARK: Path and query

    private mutating func put(_ values: [String], at path: ArraySlice<String>, _ type: MessageType) {
        let name = path.joined(separator: ".")
        do throws(Misfit) {
            try Self.put(values, at: path, of: &object, type, schema)
        } catch {
            fail(name, error.reason)
        }
    }

    private struct Misfit: Error { var reason: String }

    private static func put(
        _ values: [String], at path: ArraySlice<String>, of object: inout JSONObject, _ type: MessageType,
        _ schema: ProtoSchema
    ) throws(Misfit) {
        guard let step = path.first, path.count <= 16, let place = type.place(named: step) else {
            throw Misfit(reason: "is not a known field")
        }
        let field = type.fields[place]
        let name = object[field.name] != nil ? field.name : field.jsonName
        if path.count > 1 {
            guard field.label == .explicit, case .message(let index) = field.kind,
                schema.messages[index].special == nil
            else { throw Misfit(reason: "is not a known field") }
            var inner = object[name]?.object ?? JSONObject()
            try put(values, at: path.dropFirst(), of: &inner, schema.messages[index], schema)
            object[name] = .object(inner)
            return
        }
        switch field.label {
        case .map: throw Misfit(reason: "is a map, which only a body can have")
        case .repeated:
            var all: [JSONValue] = []
            for value in values { all.append(try json(value, field.kind, schema)) }
            object[name] = .array(all)
        case .implicit, .explicit:
            guard values.count == 1 else { throw Misfit(reason: "is given \(values.count) times; give it once") }
            object[name] = try json(values[0], field.kind, schema)
        }
    }

    /// A text as the value of a field: most are texts in JSON, too.
    private static func json(
        _ text: String, _ kind: FieldKind, _ schema: ProtoSchema
    ) throws(Misfit) -> JSONValue {
        switch kind {
        case .bool:
            guard text == "true" || text == "false" else { throw Misfit(reason: "must be true or false") }
            return .bool(text == "true")
        case .enumeration: return Int64(text).map(JSONValue.integer) ?? .string(text)
        case .message(let index):
            let type = schema.messages[index]
            switch type.special {
            case .wrapper: return try json(text, type.fields[0].kind, schema)
            case .timestamp, .duration, .fieldMask: return .string(text)
            default: throw Misfit(reason: "is an object, which only a body can have")
            }
        default: return .string(text)
        }
    }
}
