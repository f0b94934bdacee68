public import FlotillaProtobuf

// The stable names of what Payments publishes and can be told to do.

extension ProcessPayment: ProtobufPayload {
    public static let messageType = "shop.payments.process-payment.v1"
}

extension RefundPayment: ProtobufPayload {
    public static let messageType = "shop.payments.refund-payment.v1"
}

extension PaymentProcessed: ProtobufPayload {
    public static let messageType = "shop.payments.payment-processed.v1"
}

extension PaymentFailed: ProtobufPayload {
    public static let messageType = "shop.payments.payment-failed.v1"
}

extension PaymentRefunded: ProtobufPayload {
    public static let messageType = "shop.payments.payment-refunded.v1"
}

extension RefundFailed: ProtobufPayload {
    public static let messageType = "shop.payments.refund-failed.v1"
}
