internal import FlotillaCore
internal import HTTPTypes

/// From the bytes of a request to its checked input.
enum BodyDecoder {
    private enum MediaType {
        case json
        case form
    }

    /// - Throws: 400 for a body that is missing or cannot be read, 415 for one of another type,
    ///   422 for one with wrong fields.
    static func decode<Input: RequestInput>(
        _ type: Input.Type, from request: Request, takesForm: Bool
    ) throws -> Input {
        let mediaType = try mediaType(request.headers[.contentType], takesForm: takesForm)
        guard !request.body.isEmpty else {
            throw ServiceError(.malformed, "missing-body", "This request needs a body, in JSON.")
        }
        switch mediaType {
        case .json:
            return try Input.read(try JSONValue(parsing: request.body, bytesMax: .max))
        case .form:
            guard let text = String(validating: request.body, as: UTF8.self) else {
                throw ServiceError(.malformed, "malformed-form", "The form is not valid UTF-8.")
            }
            return try Input.read(try Parameters(parsing: text))
        }
    }

    /// A body that does not say what it is is taken for JSON.
    private static func mediaType(_ header: String?, takesForm: Bool) throws(StatusError) -> MediaType {
        guard let header else { return .json }
        let parts = header.split(separator: ";")
        let name = (parts.first ?? "").trimmed.lowercased()
        let charset = parts.dropFirst().map { $0.trimmed.lowercased() }.first { $0.hasPrefix("charset=") }
        let isUTF8 = charset.map { $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" } ?? true
        if isUTF8, name == "application/json" { return .json }
        if isUTF8, takesForm, name == "application/x-www-form-urlencoded" { return .form }
        throw .unsupportedMediaType(
            header, allowed: ["application/json"] + (takesForm ? ["application/x-www-form-urlencoded"] : []))
    }
}

extension Substring {
    /// Without the spaces at its ends.
    var trimmed: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
