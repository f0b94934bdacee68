public import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// The problem a service answered with, as an error that can be passed on as it is.
public struct UpstreamProblem: DescribedError {
    /// Who answered.
    public let service: String
    /// As the status of the answer says.
    public let kind: ErrorKind
    /// The service's own.
    public let slug: String
    /// The service's own.
    public let detail: String
    /// The service's own, in whole seconds.
    public let retryAfter: Duration?

    init(_ service: String, _ response: Response, _ body: JSONValue?) {
        self.service = service
        let kinds = ErrorKind.allCases.filter { Problem.status(of: $0) == response.status }
        kind = kinds.first ?? (response.status.kind == .clientError ? .malformed : .internal)
        slug = body?["type"]?.string?.split(separator: "/").last.map(String.init) ?? "upstream"
        detail = body?["detail"]?.string ?? "\(service) answered \(response.status.code)."
        retryAfter = response.headers[.retryAfter].flatMap { Int64($0) }.map { .seconds($0) }
    }
}
