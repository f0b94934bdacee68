internal import FlotillaCore

/// The company that moves the money.
///
/// Every operation may be repeated under its key and then has the same outcome, so that a lost
/// answer costs nothing but another question. A call that throws may have been carried out all the
/// same; a retryable error is asked again.
protocol PaymentProvider: Sendable {
    /// Authorizes and captures, once per key.
    func charge(_ charge: Charge, context: CallContext) async throws -> ChargeAnswer

    /// Gives back what was captured under the key; when nothing was, nothing ever will be.
    func refund(chargeKey: String, context: CallContext) async throws -> RefundAnswer

    /// - Throws: when the provider cannot be reached.
    func checkReachable() async throws
}

/// What the provider is asked to take.
struct Charge: Sendable {
    /// The idempotency key.
    var key: String
    var card: Card
    var amount: Money
}
