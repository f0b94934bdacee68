public import FlotillaCore
public import HTTPTypes

/// An error of HTTP itself, whose status is none of those that kinds of errors stand for.
public struct StatusError: DescribedError {
    /// What it is answered with.
    public var status: HTTPResponse.Status
    /// The nearest of the kinds.
    public var kind: ErrorKind
    /// Stable, for machines.
    public var slug: String
    /// For people.
    public var detail: String
    /// What has to be in the answer besides.
    public var headers: HTTPFields = [:]

    package init(
        status: HTTPResponse.Status, kind: ErrorKind, slug: String, detail: String, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.kind = kind
        self.slug = slug
        self.detail = detail
        self.headers = headers
    }

    /// There is nothing at that path (404).
    public static var unknownPath: StatusError {
        StatusError(
            status: .notFound, kind: .notFound, slug: "unknown-path",
            detail: "There is nothing at this path; /openapi.json lists what there is.")
    }

    /// The path cannot be decoded (400).
    public static var malformedPath: StatusError {
        StatusError(
            status: .badRequest, kind: .malformed, slug: "malformed-path",
            detail: "In the path a % must be followed by two hexadecimal digits, and the whole must be UTF-8.")
    }

    /// The path is known, the method is not (405).
    public static func methodNotAllowed(_ method: String, allowed: [String]) -> StatusError {
        let list = allowed.joined(separator: ", ")
        return StatusError(
            status: .methodNotAllowed, kind: .malformed, slug: "method-not-allowed",
            detail: "\(method) is not possible here; \(list) is.", headers: [.allow: list])
    }

    /// The body is not of a type that is read here (415).
    public static func unsupportedMediaType(_ type: String, allowed: [String]) -> StatusError {
        let list = allowed.joined(separator: " or ")
        return StatusError(
            status: .unsupportedMediaType, kind: .malformed, slug: "unsupported-media-type",
            detail: "The body is \(type.prefix(100)), which is not read here; send \(list) in UTF-8.",
            headers: [.accept: allowed.joined(separator: ", ")])
    }
}
