internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// What goes beside the message of a call: who asks and how long they wait, and what the client asks to be passed on.
enum GRPCMetadata {
    /// Fields of a request whose name begins like this go along under the rest of it (as in grpc-gateway).
    static let passedPrefix = "grpc-metadata-"
    private static let countMax = 64

    /// Names that say something of the call itself, or that only the inside may say.
    private static let reserved: Set<String> = [
        "te", "content-type", "user-agent", "connection", "host", "authorization", "traceparent", "tracestate",
        "x-correlation-id", "x-user-id", "x-user-role", "x-service-id", "x-forwarded-for", "x-timeout-us",
    ]

    /// - Parameter context: of the call; a token that nobody checked here goes along as it came.
    static func fields(of request: Request, _ context: CallContext) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("traceparent", context.trace.traceparent), ("x-correlation-id", context.correlationID),
        ]
        if let token = context.token {
            fields.append(("authorization", "Bearer \(token.exposed)"))
        } else if let authorization = request.headers[.authorization] {
            fields.append(("authorization", authorization))
        }
        if let principal = context.principal {
            fields.append(("x-user-id", principal.id))
            fields.append(("x-user-role", principal.role.rawValue))
        }
        if !request.remoteAddress.isEmpty { fields.append(("x-forwarded-for", request.remoteAddress)) }
        if let language = request.headers[.acceptLanguage] { fields.append(("accept-language", language)) }
        for field in request.headers {
            let name = field.name.canonicalName
            guard name.hasPrefix(passedPrefix), fields.count < countMax else { continue }
            let rest = String(name.dropFirst(passedPrefix.count))
            guard !rest.isEmpty, !rest.hasPrefix("grpc-"), !reserved.contains(rest) else { continue }
            fields.append((rest, field.value))
        }
        return fields
    }

    /// `grpc-timeout`: at most eight digits and a unit.
    static func timeout(_ time: Duration) -> String {
        let microseconds = max(0, time.microseconds)
        if microseconds < 100_000_000 { return "\(microseconds)u" }
        let milliseconds = microseconds / 1_000
        return milliseconds < 100_000_000 ? "\(milliseconds)m" : "\(min(99_999_999, milliseconds / 1_000))S"
    }
}
