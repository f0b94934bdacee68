/// What is told about a payment.
enum PaymentEvent: Sendable, Equatable {
    /// The money was captured.
    ///
    /// - Parameter isReply: false when it is told along with a refund that was faster than the charge's own answer.
    case processed(isReply: Bool)
    case failed(Payment.Failure)
    /// The money went back.
    case refunded
    /// There was nothing to give back.
    case nothingToRefund
    case refundFailed(Payment.Failure)
}

/// A line of the ledger: money that came in or went back. Each kind happens once per order at the most.
enum Movement: String, Sendable, CaseIterable {
    case capture
    case refund

    /// What it adds to the order's sum, in times of the payment's amount.
    var sign: Int64 { self == .capture ? 1 : -1 }
}

/// What has to follow a command.
enum PaymentStep: Sendable, Equatable {
    /// Ask the provider for the money.
    case charge
    /// Ask the provider to give it back, or never to take it.
    case refund
    /// Answer.
    case tell(PaymentEvent)
    /// Nothing: the provider is being asked, and its answer will be told.
    case wait
}

/// What has to follow an answer of the provider.
struct Settlement: Sendable, Equatable {
    var events: [PaymentEvent] = []
    var movements: [Movement] = []
    /// Ask the provider again, with the card that has replaced the declined one.
    var chargesAgain = false
}
