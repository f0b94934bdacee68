/// What went wrong, in the few kinds a caller can act on. HTTP and gRPC codes are derived from it, once.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// The request cannot be read at all (400).
    case malformed
    /// The request can be read, but a value is wrong (422).
    case invalid
    /// No, or no valid, identity (401).
    case unauthenticated
    /// The identity is known and may not do this (403).
    case denied
    /// There is no such thing, or the caller may not know of it (404).
    case notFound
    /// It contradicts the present state (409).
    case conflict
    /// More bytes or elements than allowed (413).
    case tooLarge
    /// The caller sends too much (429).
    case limited
    /// It cannot be done now, but may work later (503).
    case unavailable
    /// No answer in time (504).
    case timeout
    /// A defect of ours (500).
    case `internal`
}

/// An error that can be told to a caller.
///
/// Domain errors are closed enums that conform; ``ServiceError`` is the ready-made one.
public protocol DescribedError: Error, Sendable {
    var kind: ErrorKind { get }
    /// Stable, kebab-case, for machines: `too-late-to-cancel`. It ends up in `/problems/{slug}` and in metric labels.
    var slug: String { get }
    /// For people: what happened, and what to do.
    var detail: String { get }
    /// Which fields of the input are wrong.
    var fields: [FieldError] { get }
    /// Whether the same call may succeed later.
    var isRetryable: Bool { get }
    /// When to try again, if that is known.
    var retryAfter: Duration? { get }
}

extension DescribedError {
    public var fields: [FieldError] { [] }
    public var isRetryable: Bool { kind == .unavailable || kind == .timeout || kind == .limited }
    public var retryAfter: Duration? { nil }
}

/// One wrong field of an input.
public struct FieldError: Sendable, Hashable {
    /// Where it stands: `items[2].quantity`; empty for the whole body.
    public var field: String
    /// What is wrong with it and what is allowed.
    public var message: String

    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// The ready-made ``DescribedError``.
public struct ServiceError: DescribedError, CustomStringConvertible {
    public var kind: ErrorKind
    public var slug: String
    public var detail: String
    public var fields: [FieldError]
    public var isRetryable: Bool
    public var retryAfter: Duration?
    /// What caused it; for logs, never for callers.
    public var cause: (any Error)?

    public init(
        _ kind: ErrorKind, _ slug: String, _ detail: String, fields: [FieldError] = [],
        isRetryable: Bool? = nil, retryAfter: Duration? = nil, cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.slug = slug
        self.detail = detail
        self.fields = fields
        self.isRetryable = isRetryable ?? (kind == .unavailable || kind == .timeout || kind == .limited)
        self.retryAfter = retryAfter
        self.cause = cause
    }

    public var description: String {
        var text = "\(slug): \(detail)"
        for field in fields { text += " [\(field.field): \(field.message)]" }
        if let cause { text += " (cause: \(cause))" }
        return text
    }

    /// One wrong field.
    public static func invalid(field: String, _ message: String) -> ServiceError {
        ServiceError(
            .invalid, "invalid-input", "The request has a field that is not valid.",
            fields: [FieldError(field: field, message: message)])
    }

    /// There is no `thing` with that ID, or the caller may not know of it.
    public static func notFound(_ thing: String) -> ServiceError {
        ServiceError(.notFound, "not-found", "There is no such \(thing).")
    }

    /// `service` cannot be reached now.
    public static func unavailable(_ service: String, retryAfter: Duration? = .seconds(5)) -> ServiceError {
        ServiceError(
            .unavailable, "unavailable", "\(service) is temporarily unavailable; try again shortly.",
            retryAfter: retryAfter)
    }

    /// Somebody else serves on that port of that address.
    package static func portInUse(_ port: Int, on host: String, cause: any Error) -> ServiceError {
        ServiceError(
            .unavailable, "port-in-use",
            "port \(port) on \(host) is in use by another process: stop that one, or choose another port.",
            cause: cause)
    }
}
