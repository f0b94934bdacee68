public import HTTPTypes

extension HTTPField.Name {
    /// The trace, for people: 32 hexadecimal digits.
    public static let traceID = constant("X-Trace-ID")
    /// The span that answered: 16 hexadecimal digits.
    public static let spanID = constant("X-Span-ID")
    /// The span that asked.
    public static let parentSpanID = constant("X-Parent-Span-ID")
    /// Ties together what belongs to one action of a customer.
    public static let correlationID = constant("X-Correlation-ID")
    /// Who the verified caller is; set by the gateway, for logs only.
    public static let userID = constant("X-User-ID")
    /// What the verified caller is; set by the gateway, for logs only.
    public static let userRole = constant("X-User-Role")
    /// Which service calls.
    public static let serviceID = constant("X-Service-ID")
    /// How many milliseconds the caller still waits for the answer. It can only shorten what a service allows.
    public static let requestTimeout = constant("X-Request-Timeout-Ms")
    /// One key for one intended effect, however often the request is sent (draft-ietf-httpapi-idempotency-key-header).
    public static let idempotencyKey = constant("Idempotency-Key")
    /// Whether a proxy may hold back parts of a stream.
    static let accelBuffering = constant("X-Accel-Buffering")

    /// A name known to be valid when it was written down.
    package static func constant(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(name.description) else {
            preconditionFailure("\(name) is not the name of a header field")
        }
        return name
    }
}
