/// The way from a command to refund to the provider's answer.
extension Payment {
    /// The order is called off.
    mutating func askedToRefund() -> PaymentStep {
        isClosed = true
        switch status {
        case .pending: return .refund
        case .captured:
            if let refundRefusal { return .tell(.refundFailed(Failure(reason: refundRefusal, isRetryable: false))) }
            status = .refunding
            return .refund
        case .refunding: return .wait
        case .refunded: return .tell(.refunded)
        case .voided, .cancelled: return .tell(.nothingToRefund)
        // Where the outcome is unknown, only the provider can say whether there is something to give back.
        case .failed: return failure?.isRetryable == true ? .refund : .tell(.nothingToRefund)
        }
    }

    /// The provider answered a refund.
    mutating func settle(_ answer: RefundAnswer) -> Settlement {
        switch (status, answer) {
        case (.refunded, _), (.voided, _), (.cancelled, _): return Settlement()
        case (.captured, .refunded), (.refunding, .refunded):
            status = .refunded
            return Settlement(events: [.refunded], movements: [.refund])
        case (.pending, .refunded), (.failed, .refunded):
            // The charge was captured, and nobody here knew yet: both are told, so that sums come out right.
            status = .refunded
            failure = nil
            return Settlement(events: [.processed(isReply: false), .refunded], movements: [.capture, .refund])
        case (.pending, .nothingCharged):
            status = .voided
            return Settlement(events: [.nothingToRefund])
        case (.failed, .nothingCharged):
            if failure?.isRetryable == true { status = .voided }
            return Settlement(events: [.nothingToRefund])
        case (.captured, .nothingCharged), (.refunding, .nothingCharged):
            // The provider does not know what it confirmed: for people to look at.
            return refused(because: "charge-unknown")
        case (_, .refused(let reason)): return refused(because: reason)
        }
    }

    /// The provider could not be asked, for as long as we tried.
    mutating func refundFailed(_ reason: String) -> Settlement {
        guard ![.refunded, .voided, .cancelled].contains(status) else { return Settlement() }
        if status == .refunding { status = .captured }
        return Settlement(events: [.refundFailed(Failure(reason: reason, isRetryable: true))])
    }

    private mutating func refused(because reason: String) -> Settlement {
        if status == .refunding { status = .captured }
        refundRefusal = reason
        return Settlement(events: [.refundFailed(Failure(reason: reason, isRetryable: false))])
    }
}

/// What the provider said about a refund.
enum RefundAnswer: Sendable, Equatable {
    /// - Parameter reference: the provider's own name for it.
    case refunded(reference: String)
    /// Nothing was captured under that key, and from now on nothing can be.
    case nothingCharged
    /// - Parameter reason: kebab-case: `refund-not-possible`.
    case refused(reason: String)
}
