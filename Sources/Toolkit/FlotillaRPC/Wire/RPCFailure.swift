internal import FlotillaCore
internal import GRPCCore
internal import GRPCProtobuf

/// Errors on their way through gRPC and back, as `google.rpc.Status` with `ErrorInfo`, `BadRequest` and `RetryInfo`
/// (the richer error model; Google AIP-193), so that kind, slug, detail and fields survive.
enum RPCFailure {
    private static let kindKey = "kind"
    private static let retryableKey = "retryable"
    private static let fieldsMax = 100

    /// What the caller gets to see of `error`, thrown by a method of `service`.
    ///
    /// A cancellation means that the service is stopping: it is unavailable. What nobody described is an
    /// internal error, and its text stays here.
    static func described(_ error: any Error, service: String) -> any DescribedError {
        switch error {
        case let error as any DescribedError: error
        case is CancellationError: stopping(service)
        case let error as RPCError:
            RPCRefusal.unwrapped(received(error, from: service, isCancelled: false)) as? ServiceError ?? defect
        default: defect
        }
    }

    /// The form in which it travels.
    static func sent(_ error: any DescribedError, service: String) -> RPCError {
        let retryable = error.isRetryable ? "true" : "false"
        var details: [ErrorDetails] = [
            .errorInfo(
                reason: error.slug, domain: service,
                metadata: [kindKey: error.kind.rawValue, retryableKey: retryable])
        ]
        if !error.fields.isEmpty {
            details.append(
                .badRequest(
                    violations: error.fields.prefix(fieldsMax).map { .init(field: $0.field, description: $0.message) }))
        }
        if let delay = error.retryAfter { details.append(.retryInfo(delay: delay)) }
        return RPCError(GoogleRPCStatus(code: error.kind.code, message: error.detail, details: details))
    }

    /// What a call to `service` that ended in `error` means to the caller.
    ///
    /// Whoever answers that it is unavailable has answered, in good order (``RPCRefusal``). So has a host that was
    /// stopped and broke the call off.
    ///
    /// - Parameters:
    ///   - isCancelled: whether the caller itself was cancelled; then that is what is thrown.
    ///   - hasLeft: whether the host that the call went to takes no more calls.
    static func received(
        _ error: any Error, from service: String, isCancelled: Bool, hasLeft: Bool = false
    ) -> any Error {
        guard let error = error as? RPCError else { return error }
        // A status that cannot be read has no details to give; the code is then all there is.
        if let status = try? error.unpackGoogleRPCStatus(), let unpacked = serviceError(status) {
            return unpacked.kind == .unavailable ? RPCRefusal(error: unpacked) : unpacked
        }
        if isCancelled { return CancellationError() }
        // Without details it was not a method that failed, but the way to it.
        switch error.code {
        case .unavailable, .cancelled, .failedPrecondition, .aborted, .unknown:
            return hasLeft ? RPCRefusal(error: stopping(service)) : stopping(service)
        case .deadlineExceeded:
            return ServiceError(.timeout, "timeout", "\(service) did not answer in time; try again shortly.")
        case .invalidArgument:
            return ServiceError(
                .malformed, "malformed-request", "\(service) could not read the request.", cause: error)
        case .resourceExhausted:
            return ServiceError(.limited, "limited", "\(service) has too much to do; try again shortly.")
        case .unimplemented:
            return ServiceError(
                .internal, "not-implemented", "\(service) does not know this method; it may be of another version.",
                cause: error)
        default:
            return ServiceError(.internal, "internal", "\(service) could not answer.", cause: error)
        }
    }

    /// Nobody knows when it will be back, so there is no saying when to ask again.
    private static func stopping(_ service: String) -> ServiceError {
        ServiceError.unavailable(service, retryAfter: nil)
    }

    private static let defect = ServiceError(
        .internal, "internal", "Something went wrong on our side. It has been logged under the trace ID.")

    private static func serviceError(_ status: GoogleRPCStatus) -> ServiceError? {
        guard let info = status.details.lazy.compactMap(\.errorInfo).first,
            let kind = info.metadata[kindKey].flatMap(ErrorKind.init(rawValue:))
        else { return nil }
        let violations = status.details.lazy.compactMap(\.badRequest).first?.violations ?? []
        return ServiceError(
            kind, info.reason, status.message,
            fields: violations.prefix(fieldsMax).map { FieldError(field: $0.field, message: $0.violationDescription) },
            isRetryable: info.metadata[retryableKey] == "true",
            retryAfter: status.details.lazy.compactMap(\.retryInfo).first?.delay)
    }
}

extension ErrorKind {
    /// gRPC's code for a kind (google.rpc.Code; the reverse of its HTTP mapping).
    fileprivate var code: RPCError.Code {
        switch self {
        case .malformed, .invalid: .invalidArgument
        case .unauthenticated: .unauthenticated
        case .denied: .permissionDenied
        case .notFound: .notFound
        case .conflict: .failedPrecondition
        case .tooLarge: .outOfRange
        case .limited: .resourceExhausted
        case .unavailable: .unavailable
        case .timeout: .deadlineExceeded
        case .internal: .internalError
        }
    }
}
