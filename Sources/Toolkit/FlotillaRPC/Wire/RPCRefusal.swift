internal import FlotillaCore

/// A refusal in good order, as guard and balancer of the call have to see it: the callee is well itself, but sheds
/// load, lacks another service or is being stopped.
///
/// It is the counterpart of HTTP's 503 with `Retry-After` and treated like that: neither success nor failure, so that
/// one service that is away does not open the breakers of all that need it. What the policy repeats is repeated all
/// the same. The caller gets ``error``.
struct RPCRefusal: DescribedError {
    let error: ServiceError

    /// Of the kinds that say nothing about the callee the one that passes by itself.
    var kind: ErrorKind { .limited }
    var slug: String { error.slug }
    var detail: String { error.detail }
    var fields: [FieldError] { error.fields }
    var isRetryable: Bool { error.isRetryable }
    var retryAfter: Duration? { error.retryAfter }

    /// `error`, or what is in it when it is a refusal.
    static func unwrapped(_ error: any Error) -> any Error { (error as? RPCRefusal)?.error ?? error }
}
