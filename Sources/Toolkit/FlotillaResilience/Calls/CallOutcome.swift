public import FlotillaCore

/// What one attempt of a call tells about the health of the one that was called.
///
/// The breaker counts ``success`` and ``failure``. A caller that asks wrongly, or goes away, says
/// nothing bad about the callee and must not be able to take it away from everybody else. Neither does a callee
/// of which it is known that no instance runs.
public enum CallOutcome: String, Sendable, Hashable, CaseIterable {
    /// It answered as asked.
    case success
    /// It answered that the caller is wrong: not found, not allowed, in conflict, too much.
    case callerFault
    /// It did not do its work: unavailable, too late, defective, or an error nobody described.
    case failure
    /// The caller stopped waiting before there was an answer.
    case abandoned
    /// Nobody was asked, since no instance was there to be asked.
    case notAsked

    /// The outcome an error stands for.
    public init(of error: any Error) {
        switch error {
        case let described as any DescribedError:
            self = described.slug == ServiceError.noInstanceSlug ? .notAsked : CallOutcome(kind: described.kind)
        case is CancellationError: self = .abandoned
        default: self = .failure
        }
    }

    /// The outcome a kind of error stands for.
    public init(kind: ErrorKind) {
        switch kind {
        case .malformed, .invalid, .unauthenticated, .denied, .notFound, .conflict, .tooLarge, .limited:
            self = .callerFault
        case .unavailable, .timeout, .internal:
            self = .failure
        }
    }
}
