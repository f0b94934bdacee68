internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// Takes the money for an order, once, however often it is told to.
///
/// The decision is a transaction; asking the provider is an activity, which is done again until the
/// provider has answered; what it answered is another transaction.
struct ChargeOrder: Sendable {
    /// The activity's name. Its ID is the provider's idempotency key.
    static let activity = "charge-card"

    let database: Database
    let payments: any PaymentStore
    let cards: any CardStore
    let safe: CardSafe
    let provider: any PaymentProvider
    let world: World
    let telemetry: Telemetry

    /// The command came: decides whether the provider has to be asked.
    func begin(
        _ command: ProcessPayment, _ delivery: Delivery, activities: Activities, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = try orderID(command.orderID)
        let token = CardToken(command.paymentToken)
        let isOwned = try token.flatMap { try cards.find($0, in: transaction) }?.userID.text == command.userID
        let card = OfferedCard(token: token, version: max(0, Int(command.tokenVersion)), isOwned: isOwned)
        let amount = command.amount.money
        let known = try payments.find(orderID, in: transaction)
        var payment =
            known
            ?? .asked(
                world.ids.make(), orderID: orderID, userID: UserID(unchecked: command.userID), amount: amount,
                card: card, at: delivery.now)
        let step: PaymentStep
        if known != nil {
            step = payment.askedAgain(with: card, amount: amount)
        } else if Payment.isPayable(amount) {
            step = isOwned ? .charge : .tell(.failed(.unknownToken))
        } else {
            // There is nothing to remember: whoever asks again with a real amount may.
            return try payment.messages(for: [.failed(.invalidAmount)])
        }
        if payment != known {
            payment.updatedAt = delivery.now
            try payments.save(payment, in: transaction)
            if let replaced = known?.token, replaced != payment.token {
                try cards.dropForgotten(replaced, in: transaction)
            }
        }
        switch step {
        case .charge:
            try start(payment, command, cause: Cause(delivery.message), activities, in: transaction)
            return []
        case .tell(let event): return try payment.messages(for: [event])
        case .wait, .refund: return []
        }
    }

    private func start(
        _ payment: Payment, _ command: ProcessPayment, cause: Cause, _ activities: Activities,
        in transaction: Transaction
    ) throws {
        try activities.start(
            Self.activity, id: payment.chargeKey, subject: payment.orderID.text, input: command, cause: cause,
            in: transaction)
    }

    /// Asks the provider, with the card that is the present one by then. Repeated until it answers, under the same key.
    func perform(_ command: ProcessPayment, _ task: ActivityTask, _ context: CallContext) async throws -> ChargeAnswer {
        let orderID = try orderID(command.orderID)
        let found = try await database.read { transaction -> (Payment, StoredCard?)? in
            guard let payment = try payments.find(orderID, in: transaction) else { return nil }
            return (payment, try payment.token.flatMap { try cards.find($0, in: transaction) })
        }
        guard let (payment, stored) = found, payment.status == .pending, payment.chargeKey == task.id else {
            return .overtaken
        }
        guard let stored else {
            throw ServiceError(.notFound, "unknown-token", "The card behind the payment's token is gone.")
        }
        let charge = Charge(key: task.id, card: try safe.open(stored), amount: payment.amount)
        let answer = try await provider.charge(charge, context: context)
        telemetry.log(
            .info, "the provider answered a charge", context,
            ["orderId": orderID.text, "answer": answer.word, "attempt": String(task.attempt)])
        return answer
    }

    /// Keeps the provider's answer and tells it; asks again where it was about a card that has been replaced.
    func commit(
        _ command: ProcessPayment, _ task: ActivityTask, _ result: Result<ChargeAnswer, any Error>,
        activities: Activities, in transaction: Transaction
    ) throws -> [Outgoing] {
        guard var payment = try payments.find(try orderID(command.orderID), in: transaction) else { return [] }
        let settlement =
            switch result {
            case .success(let answer): payment.settle(answer)
            case .failure(let error): payment.chargeFailed(reason(of: error))
            }
        try payments.save(payment, settlement, at: world.now, in: transaction)
        if settlement.chargesAgain {
            try start(payment, command, cause: task.cause, activities, in: transaction)
        } else if let token = payment.token {
            try cards.dropForgotten(token, in: transaction)
        }
        return try payment.messages(for: settlement.events)
    }
}

extension ChargeAnswer {
    /// The answer in a word, for logs.
    var word: String {
        switch self {
        case .captured: "captured"
        case .declined(let reason): reason
        case .voided: "voided"
        case .overtaken: "overtaken"
        }
    }
}

/// The order a command is about.
///
/// - Throws: `order-id-invalid`, which makes the command a dead letter: there is nobody to answer.
func orderID(_ text: String) throws -> OrderID {
    guard let orderID = OrderID(text) else {
        throw ServiceError(.malformed, "order-id-invalid", "A command names no order that can be one.")
    }
    return orderID
}

/// Why an activity was given up, as a reason for messages.
func reason(of error: any Error) -> String {
    guard let error = error as? any DescribedError, !error.isRetryable else { return "provider-unavailable" }
    return error.slug
}
