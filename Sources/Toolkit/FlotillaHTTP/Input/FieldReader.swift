internal import FlotillaCore

/// Hands out the fields of an input, checked, and collects everything that is wrong with them.
///
/// It never throws: a wrong or missing field is noted and a placeholder is returned, so that one
/// answer can name all errors at once. Fields nobody asked for are errors, too.
public struct FieldReader: Sendable {
    enum Source: Sendable {
        case object(JSONObject)
        case parameters(Parameters)
        /// Nothing is read; what is asked for is written down as a schema.
        case describing
    }

    /// One field as it came.
    enum Raw {
        case json(JSONValue)
        /// From a query or a form, where everything is text.
        case text(String)
    }

    /// What is wrong with one field.
    struct Complaint: Error {
        var message: String
        init(_ message: String) { self.message = message }
    }

    /// More errors than this are not collected: nobody reads them, and hostile input must stay cheap.
    static let errorsMax = 64

    let source: Source
    /// Where this object stands in the whole input: empty, or like `items[2]`.
    let path: String
    private(set) var errors: [FieldError] = []
    private var asked: [String] = []
    private var properties: [JSONObject.Member] = []
    private var required: [JSONValue] = []

    init(object: JSONObject, path: String) {
        source = .object(object)
        self.path = path
    }

    init(parameters: Parameters) {
        source = .parameters(parameters)
        path = ""
    }

    private init(describing: Void) {
        source = .describing
        path = ""
    }

    /// A reader that records a schema and returns placeholders only.
    static func describing() -> FieldReader { FieldReader(describing: ()) }

    var isDescribing: Bool {
        if case .describing = source { true } else { false }
    }

    // MARK: What initialisers may say themselves

    /// Refuses the input for a reason that concerns several fields, or one beyond what its reading checks.
    ///
    /// - Parameter name: the field at fault; empty for the whole object.
    public mutating func fail(_ name: String, _ message: String) {
        guard !isDescribing else { return }
        note(location(of: name), message)
    }

    /// Whether the input has a field of that name (even one that is null or wrong).
    public func has(_ name: String) -> Bool {
        switch source {
        case .object(let object): object[name] != nil
        case .parameters(let parameters): parameters[name] != nil
        case .describing: false
        }
    }

    // MARK: The core of all reading

    /// Reads one field with `parse`; nil when it is missing or wrong, which is noted where it is an error.
    mutating func field<Value>(
        _ name: String, isRequired: Bool, _ schema: @autoclosure () -> JSONValue,
        _ parse: (Raw) -> Result<Value, Complaint>
    ) -> Value? {
        asked.append(name)
        if isDescribing {
            describe(name, isRequired: isRequired, schema())
            return nil
        }
        guard let raw = find(name) else {
            if isRequired { note(location(of: name), "is required") }
            return nil
        }
        if !isRequired, case .json(.null) = raw { return nil }
        switch parse(raw) {
        case .success(let value): return value
        case .failure(let complaint):
            note(location(of: name), complaint.message)
            return nil
        }
    }

    mutating func describe(_ name: String, isRequired: Bool, _ schema: JSONValue) {
        properties.append(JSONObject.Member(name: name, value: schema))
        if isRequired { required.append(.string(name)) }
    }

    mutating func note(_ location: String, _ message: String) {
        guard errors.count < Self.errorsMax else { return }
        errors.append(FieldError(field: location, message: message))
    }

    mutating func note(_ more: [FieldError]) {
        errors.append(contentsOf: more.prefix(max(0, Self.errorsMax - errors.count)))
    }

    func location(of name: String) -> String {
        if path.isEmpty { return name }
        return name.isEmpty ? path : "\(path).\(name)"
    }

    private mutating func find(_ name: String) -> Raw? {
        switch source {
        case .object(let object): return object[name].map { .json($0) }
        case .parameters(let parameters):
            let values = parameters.values(of: name)
            if values.count > 1 { note(name, "is given \(values.count) times; give it once") }
            return values.first.map { .text($0) }
        case .describing: return nil
        }
    }

    // MARK: The end

    /// All errors, with the fields nobody asked for.
    mutating func finish() -> [FieldError] {
        let names: [String]
        switch source {
        case .object(let object): names = object.names
        case .parameters(let parameters): names = parameters.names
        case .describing: return []
        }
        for name in names where !asked.contains(name) {
            note(location(of: String(name.prefix(64))), "is not a known field")
            if errors.count >= Self.errorsMax { break }
        }
        return errors
    }

    mutating func ask(_ name: String) { asked.append(name) }

    /// What has been asked for, as JSON Schema.
    var schema: JSONValue {
        var schema: JSONObject = JSONObject([
            JSONObject.Member(name: "type", value: "object"),
            JSONObject.Member(name: "properties", value: .object(JSONObject(properties))),
        ])
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return .object(schema)
    }
}
