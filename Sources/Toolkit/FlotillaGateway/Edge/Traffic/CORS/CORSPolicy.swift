internal import FlotillaCore

/// Which pages of other origins may read the answers of a route (Fetch standard, "CORS protocol").
///
/// The gateway answers for the upstream: its fields ``upstreamFields`` are taken from answers.
struct CORSPolicy: Sendable {
    /// What becomes of a request.
    enum Outcome: Sendable {
        /// It goes on; its answer gets these lines besides.
        case passes(FieldLines)
        /// It asks what may be asked, and is answered with 204 and these lines.
        case preflight(FieldLines)
        /// It asks what may be asked, from an origin that may not ask anything (403).
        case refused(ServiceError, FieldLines)
    }

    /// Fields of an upstream's answer that this policy replaces, in lower case.
    static let upstreamFields = [
        "access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers",
        "access-control-allow-methods", "access-control-allow-headers", "access-control-max-age",
    ]
    private static let allowOrigin = "Access-Control-Allow-Origin"

    let origins: [OriginPattern]
    let hasCredentials: Bool
    /// Whether all answers are alike, whoever asks: `*` without credentials.
    private let isForAll: Bool
    /// What answers get besides the origin.
    private let actual: FieldLines
    /// What answers to preflights get besides the origin.
    private let preflight: FieldLines

    init(
        origins: [OriginPattern], methods: [String], headers: [String], expose: [String] = [],
        credentials: Bool = false, maxAge: Duration
    ) {
        self.origins = origins
        hasCredentials = credentials
        isForAll = !credentials && origins.contains { $0.kind == .any }
        var actual = FieldLines()
        if credentials { actual.add("Access-Control-Allow-Credentials", "true") }
        var preflight = actual
        if !expose.isEmpty { actual.add("Access-Control-Expose-Headers", expose.joined(separator: ", ")) }
        preflight.add("Access-Control-Allow-Methods", methods.joined(separator: ", "))
        if !headers.isEmpty { preflight.add("Access-Control-Allow-Headers", headers.joined(separator: ", ")) }
        preflight.add("Access-Control-Max-Age", String(maxAge.components.seconds))
        (self.actual, self.preflight) = (actual, preflight)
    }

    func decide(_ head: borrowing some EdgeHead & ~Copyable) -> Outcome {
        let origin = head.field("origin")
        if origin == nil, isForAll { return .passes(FieldLines()) }
        let isPreflight =
            origin != nil && head.isMethod(Self.options) && head.field("access-control-request-method") != nil
        var lines = FieldLines(capacity: isPreflight ? 512 : 256)
        if isPreflight {
            lines.add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        } else if !isForAll {
            // Without an origin too: a cache must not give this answer to a page of one.
            lines.add("Vary", "Origin")
        }
        guard let origin else { return .passes(lines) }
        guard isForAll || allows(origin) else {
            return isPreflight ? .refused(Self.refused, lines) : .passes(lines)
        }
        lines.add(Self.allowOrigin, isForAll ? "*" : origin)
        lines.add(isPreflight ? preflight : actual)
        return isPreflight ? .preflight(lines) : .passes(lines)
    }

    func allows(_ origin: String) -> Bool {
        for pattern in origins where pattern.fits(origin.utf8) { return true }
        return false
    }

    private static let options = Array("OPTIONS".utf8)
    private static let refused = ServiceError(
        .denied, "origin-refused", "Pages of this origin may not use this (policy: cors.origins).")
}
