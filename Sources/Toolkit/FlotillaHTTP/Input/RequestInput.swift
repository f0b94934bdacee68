public import FlotillaCore

/// What a request brings along, read and checked in one place.
///
/// One initialiser gives the decoding, the validation and the schema of OpenAPI: it is run on real
/// input, and once more in a mode that only writes down what it asks for. So it must ask for every
/// field every time, in plain sequence, and must not trap on the values it gets back: those of a
/// refused input are placeholders, and the value is thrown away.
///
///     struct Line: RequestInput {
///         let productID: ProductID
///         let quantity: Int
///         init(from fields: inout FieldReader) {
///             productID = fields.id("productId")
///             quantity = fields.int("quantity", in: 1...99)
///         }
///     }
public protocol RequestInput: Sendable {
    init(from fields: inout FieldReader)
}

extension RequestInput {
    /// Reads a JSON body.
    ///
    /// - Throws: ``ServiceError`` `invalid-input` (422) with every wrong field.
    public static func read(_ value: JSONValue) throws(ServiceError) -> Self {
        guard case .object(let object) = value else {
            throw .invalid(field: "", "must be an object, not \(value.typeName)")
        }
        return try read(FieldReader(object: object, path: ""))
    }

    /// Reads query parameters or a form.
    ///
    /// - Throws: ``ServiceError`` `invalid-input` (422) with every wrong field.
    public static func read(_ parameters: Parameters) throws(ServiceError) -> Self {
        try read(FieldReader(parameters: parameters))
    }

    /// What the input must look like, as JSON Schema (draft 2020-12, the one of OpenAPI 3.1).
    public static var inputSchema: JSONValue {
        var reader = FieldReader.describing()
        _ = Self(from: &reader)
        return reader.schema
    }

    private static func read(_ reader: FieldReader) throws(ServiceError) -> Self {
        var reader = reader
        let value = Self(from: &reader)
        let errors = reader.finish()
        guard errors.isEmpty else {
            let count = errors.count == 1 ? "a field that is" : "fields that are"
            throw ServiceError(
                .invalid, "invalid-input", "The request has \(count) not valid.", fields: errors)
        }
        return value
    }
}
