internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaSagas
internal import FlotillaStorage
internal import ShopContracts

/// A customer, or somebody of the staff, wants an order taken back.
struct RequestCancellation: Sendable {
    let store: OrderStore
    let database: Database
    let sagas: SagaEngine
    let cancellation: SagaDefinition<CancellationMemory>
    let world: World

    /// - Returns: the order as it stands with the request noted.
    /// - Throws: ``OrderError``, `not-found` also for an order of somebody else.
    func callAsFunction(_ id: OrderID, by principal: Principal, _ context: CallContext) async throws -> Order {
        let now = world.now
        let isStaff = principal.isStaff
        return try await database.write { transaction in
            guard let order = try store.order(id, in: transaction), principal.maySee(order) else {
                throw ServiceError.notFound("order")
            }
            let path = try order.cancellation(at: now, isStaff: isStaff)
            let reason = isStaff ? "cancelled-by-staff" : "cancelled-by-customer"
            try store.record(
                .cancellationRequested(reason: reason), of: id, at: now, cause: context.correlationID,
                actor: principal.id, in: transaction)
            switch path {
            case .abortCheckout:
                guard let saga = try sagas.latest(CheckoutSaga.type, of: id.text, in: transaction),
                    try sagas.abort(saga, reason: reason, now: now, in: transaction)
                else { throw OrderError.alreadyBeingCancelled }
            case .undoCompleted:
                var memory = CancellationMemory()
                memory.orderID = id.text
                memory.userID = order.placed.userID.text
                memory.reason = reason
                memory.amount = MoneyValue(order.placed.total)
                try sagas.start(
                    cancellation, subject: id.text, state: memory, cause: Cause(context), now: now, in: transaction)
            }
            return try store.order(id, in: transaction) ?? order
        }
    }
}
