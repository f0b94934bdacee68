public import FlotillaCore

extension CallGuard {
    /// Counts a call that is not made since it is known beforehand that nobody would answer it.
    ///
    /// Whoever finds instances asks first and the guard second: a service that is stopped is not ill, so neither its
    /// breaker nor its retry budget hears of it, no room is taken, and nothing is repeated. Started again it gets the
    /// first call there is. The call is counted as refused (``GuardEvent/Refusal/noInstance``).
    ///
    /// - Parameters:
    ///   - service: who was to be called, for the error's text.
    ///   - context: the call, for whoever watches; nil: none.
    /// - Returns: what to throw: `unavailable` without a `retryAfter`, for nobody knows when it will be back.
    public func noInstance(of service: String, _ context: CallContext?) -> ServiceError {
        change { $0.refuseForNobody() }
        report(.refused(.noInstance), context)
        return ServiceError.unavailable(service, retryAfter: nil)
    }
}

extension ServiceError {
    /// Of a call that found no instance; never counted as a failure of whom it was for (``CallOutcome/notAsked``).
    static let noInstanceSlug = "no-instance"

    /// No instance of `service` is there to be asked. A guard around the call counts it as nobody's failure.
    public static func noInstance(of service: String) -> ServiceError {
        ServiceError(
            .unavailable, noInstanceSlug,
            "\(service) is temporarily unavailable: no instance of it is known. Try again shortly.")
    }
}
