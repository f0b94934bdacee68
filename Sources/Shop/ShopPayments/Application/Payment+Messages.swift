internal import FlotillaCore
internal import FlotillaMessaging
internal import ShopContracts

extension Payment {
    /// What is published about `events`; each message answers the command in hand, too.
    func messages(for events: [PaymentEvent]) throws -> [Outgoing] {
        try events.map { event in try message(for: event) }
    }

    private func message(for event: PaymentEvent) throws -> Outgoing {
        switch event {
        case .processed(let isReply):
            let message = PaymentProcessed {
                $0.orderID = orderID.text
                $0.userID = userID.text
                $0.paymentID = id?.text ?? ""
                $0.amount = MoneyValue(amount)
                $0.tokenVersion = Int32(clamping: tokenVersion)
            }
            // An empty saga mark: whoever waits, waits for the refund that comes next.
            return try Outgoing(message, subject: orderID.text, saga: isReply ? nil : "")
        case .failed(let failure):
            let message = PaymentFailed {
                $0.orderID = orderID.text
                $0.userID = userID.text
                $0.reason = failure.reason
                $0.retryable = failure.isRetryable
                $0.tokenVersion = Int32(clamping: tokenVersion)
            }
            return try Outgoing(message, subject: orderID.text)
        case .refunded: return try refunded(paymentID: id?.text ?? "", amount)
        case .nothingToRefund: return try refunded(paymentID: "", Money(amount: 0, currency: amount.currency))
        case .refundFailed(let failure):
            let message = RefundFailed {
                $0.orderID = orderID.text
                $0.userID = userID.text
                $0.paymentID = id?.text ?? ""
                $0.reason = failure.reason
                $0.retryable = failure.isRetryable
            }
            return try Outgoing(message, subject: orderID.text)
        }
    }

    private func refunded(paymentID: String, _ amount: Money) throws -> Outgoing {
        let message = PaymentRefunded {
            $0.orderID = orderID.text
            $0.userID = userID.text
            $0.paymentID = paymentID
            $0.amount = MoneyValue(amount)
        }
        return try Outgoing(message, subject: orderID.text)
    }
}
