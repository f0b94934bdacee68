internal import FlotillaCore
internal import FlotillaSagas
internal import FlotillaStorage
internal import ShopContracts

/// The owner of an order that awaits its payment gives another card.
///
/// The checkout learns of it in the transaction that records it, and Payments is told at once. What has been charged
/// by then stays charged: whichever card, an order is paid once.
struct ReplacePaymentToken: Sendable {
    let store: OrderStore
    let database: Database
    let sagas: SagaEngine
    let checkout: SagaDefinition<CheckoutMemory>
    let world: World

    /// The same token again changes nothing.
    ///
    /// - Returns: the order as it stands with the new card.
    /// - Throws: ``OrderError``, `not-found` also for an order of somebody else.
    func callAsFunction(
        _ id: OrderID, with token: String, by principal: Principal, _ context: CallContext
    ) async throws -> Order {
        let now = world.now
        return try await database.write { transaction in
            guard let order = try store.order(id, in: transaction), principal.owns(order) else {
                throw ServiceError.notFound("order")
            }
            try order.requirePayable()
            var version = 0
            let amendment = try sagas.latest(CheckoutSaga.type, of: id.text, in: transaction).map { saga in
                try sagas.amend(saga, of: checkout, at: CheckoutSaga.processPayment, now: now, in: transaction) {
                    version = try $0.replaceToken(by: token)
                }
            }
            switch amendment {
            case .refused, nil: throw OrderError.notAwaitingPayment(order.status)
            case .needless: return order
            case .made:
                try store.record(
                    .paymentTokenReplaced(version: version), of: id, at: now, cause: context.correlationID,
                    actor: principal.id, in: transaction)
                return try store.order(id, in: transaction) ?? order
            }
        }
    }
}

extension CheckoutMemory {
    /// - Returns: which of the order's tokens it is.
    fileprivate mutating func replaceToken(by token: String) throws(OrderError) -> Int {
        guard token != paymentToken else { return Int(tokenVersion) }
        guard tokenVersion < Order.tokenReplacementsMax else { throw .tooManyPaymentTokens }
        paymentToken = token
        tokenVersion += 1
        return Int(tokenVersion)
    }
}
