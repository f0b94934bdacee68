public import FlotillaCore
public import HTTPTypes

/// Makes the answer for an error: problem details (RFC 9457). The only place where errors become HTTP.
public enum Problem {
    /// What of an error may be told; anything that is no ``DescribedError`` becomes `internal`, and
    /// nothing of it is told.
    public static func described(_ error: any Error) -> any DescribedError {
        switch error {
        case let described as any DescribedError: described
        case is CancellationError:
            ServiceError(
                .unavailable, "broken-off", "The request was broken off because this service is stopping; try again.",
                retryAfter: .seconds(1), cause: error)
        default:
            ServiceError(
                .internal, "internal", "Something went wrong on our side. The trace ID helps us to find out what.",
                cause: error)
        }
    }

    /// The answer for `error`.
    ///
    /// - Parameter traceID: lets people find what happened; empty when there is no trace.
    public static func response(for error: any Error, traceID: String) -> Response {
        let error = described(error)
        let status = status(of: error)
        var headers: HTTPFields = (error as? StatusError)?.headers ?? [:]
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        switch error.kind {
        case .unauthenticated:
            headers[.wwwAuthenticate] = error.slug == "not-signed-in" ? "Bearer" : "Bearer error=\"invalid_token\""
        case .unavailable, .limited:
            headers[.retryAfter] = String(wholeSeconds(error.retryAfter ?? .seconds(5)))
        default:
            if let pause = error.retryAfter { headers[.retryAfter] = String(wholeSeconds(pause)) }
        }
        return Response(status, headers: headers, body: .bytes(document(error, status, traceID)))
    }

    /// The status an error is answered with.
    public static func status(of error: any DescribedError) -> HTTPResponse.Status {
        (error as? StatusError)?.status ?? status(of: error.kind)
    }

    /// The status that stands for a kind of error.
    public static func status(of kind: ErrorKind) -> HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .invalid: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .denied: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .limited: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .timeout: .gatewayTimeout
        case .internal: .internalServerError
        }
    }

    private static func document(
        _ error: any DescribedError, _ status: HTTPResponse.Status, _ traceID: String
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("type", "/problems/\(error.slug)")
            json.field("title", title(of: error.slug))
            json.field("status", status.code)
            json.field("detail", error.detail)
            if !traceID.isEmpty { json.field("traceId", traceID) }
            let fields = error.fields
            if !fields.isEmpty {
                json.array("errors", fields) { json, field in
                    json.field("field", field.field)
                    json.field("message", field.message)
                }
            }
        }
        return json.bytes
    }

    /// `too-late-to-cancel` reads "Too late to cancel".
    static func title(of slug: String) -> String {
        let words = slug.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Rounded up, at least 1: the header knows whole seconds only.
    package static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(1, attoseconds > 0 ? seconds + 1 : seconds)
    }
}
