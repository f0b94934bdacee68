internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// Gives an order's money back, or sees to it that none is ever taken.
struct RefundOrder: Sendable {
    /// The activity's name. Its ID is the order's.
    static let activity = "refund-card"

    let database: Database
    let payments: any PaymentStore
    let provider: any PaymentProvider
    let world: World
    let telemetry: Telemetry

    /// The command came: decides whether the provider has to be asked.
    func begin(
        _ command: RefundPayment, _ delivery: Delivery, activities: Activities, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = try orderID(command.orderID)
        let known = try payments.find(orderID, in: transaction)
        var payment = known ?? .neverAsked(orderID: orderID, at: delivery.now)
        let step = payment.askedToRefund()
        if payment != known {
            payment.updatedAt = delivery.now
            try payments.save(payment, in: transaction)
        }
        switch step {
        case .refund:
            try activities.start(
                Self.activity, id: orderID.text, subject: orderID.text, input: command,
                cause: Cause(delivery.message), in: transaction)
            return []
        case .tell(let event): return try payment.messages(for: [event])
        case .wait, .charge: return []
        }
    }

    /// Asks the provider. Repeated until it answers.
    func perform(_ command: RefundPayment, _ task: ActivityTask, _ context: CallContext) async throws -> RefundAnswer {
        let orderID = try orderID(command.orderID)
        let payment = try await database.read { try payments.find(orderID, in: $0) }
        guard let payment else { return .nothingCharged }
        let answer = try await provider.refund(chargeKey: payment.chargeKey, context: context)
        telemetry.log(
            .info, "the provider answered a refund", context,
            ["orderId": orderID.text, "answer": answer.word, "attempt": String(task.attempt)])
        return answer
    }

    /// Keeps the provider's answer, and tells it.
    func commit(
        _ command: RefundPayment, _ result: Result<RefundAnswer, any Error>, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard var payment = try payments.find(try orderID(command.orderID), in: transaction) else { return [] }
        let settlement =
            switch result {
            case .success(let answer): payment.settle(answer)
            case .failure(let error): payment.refundFailed(reason(of: error))
            }
        try payments.save(payment, settlement, at: world.now, in: transaction)
        return try payment.messages(for: settlement.events)
    }
}

extension RefundAnswer {
    /// The answer in a word, for logs.
    var word: String {
        switch self {
        case .refunded: "refunded"
        case .nothingCharged: "nothing-charged"
        case .refused(let reason): reason
        }
    }
}
