internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaSagas
internal import FlotillaStorage
internal import ShopContracts

extension CheckoutMemory: ProtobufPayload {
    static let messageType = "shop.orders.checkout-memory.v1"
}

/// From click to completed: CreateOrder → ReserveItems → ProcessPayment → ScheduleShipping → ConfirmOrder.
///
/// The pivot is ConfirmOrder: before it every step can be taken back, in reverse. While a payment
/// is being made the order is `awaitingPayment`; with Payments away that may take hours, so this
/// step waits longest, and its card can be replaced (``ReplacePaymentToken``): a card that fails after it was
/// replaced means nothing, one that is charged has paid.
struct CheckoutSaga: Sendable {
    static let type = "checkout"
    /// The step at which an order awaits its payment.
    static let processPayment = "process-payment"

    let store: OrderStore

    func definition() throws -> SagaDefinition<CheckoutMemory> {
        try SagaDefinition(
            Self.type,
            steps: [createOrder, reserveItems, processPayment, scheduleShipping, confirmOrder])
    }

    private var createOrder: SagaStep<CheckoutMemory> {
        SagaStep(
            "create-order", name: "CreateOrder", service: "orders",
            compensation: SagaCompensation("CancelOrder") { [store] transaction, memory, run in
                try cancel(memory, run, store, in: transaction)
            }
        ) { [store] transaction, memory, run in
            let order = PlacedOrder(memory.order)
            try store.create(order, cause: run.correlationID, in: transaction)
            return [try Outgoing(OrderCreated(order), subject: run.subject)]
        }
    }

    private var reserveItems: SagaStep<CheckoutMemory> {
        SagaStep(
            "reserve-items", name: "ReserveItems", service: "inventory",
            exchange: SagaExchange { memory, run in
                try Outgoing(
                    ReserveItems {
                        $0.orderID = run.subject
                        $0.lines = memory.order.lines.map(\.itemQuantity)
                    }, subject: run.subject)
            } replies: {
                SagaReply<CheckoutMemory>.done(ItemsReserved.self) { [store] transaction, _, run, _ in
                    try store.record(.paymentRequested, run, in: transaction)
                    return []
                }
                SagaReply<CheckoutMemory>.refused(ReservationFailed.self) { _, _, _, reply in reply.reason }
            },
            compensation: SagaCompensation(
                "ReleaseItems",
                exchange: SagaExchange { _, run in
                    try Outgoing(
                        ReleaseItems {
                            $0.orderID = run.subject
                            $0.reason = run.reason
                        }, subject: run.subject)
                } replies: {
                    SagaReply<CheckoutMemory>.done(ItemsReleased.self)
                }))
    }

    private var processPayment: SagaStep<CheckoutMemory> {
        SagaStep(
            Self.processPayment, name: "ProcessPayment", service: "payments",
            exchange: SagaExchange(resendAfter: .seconds(60), giveUpAfter: .seconds(24 * 3600)) { memory, run in
                try Outgoing(
                    ProcessPayment {
                        $0.orderID = run.subject
                        $0.userID = memory.order.userID
                        $0.amount = memory.order.total
                        $0.paymentToken = memory.paymentToken
                        $0.tokenVersion = memory.tokenVersion
                    }, subject: run.subject)
            } replies: {
                SagaReply<CheckoutMemory>.done(PaymentProcessed.self) { [store] transaction, memory, run, reply in
                    memory.paymentID = reply.paymentID
                    try store.record(.paid(PaymentID(unchecked: reply.paymentID)), run, in: transaction)
                    // The stock leaves the shelf with the money; nobody has to wait for it.
                    return [try Outgoing(CommitItems { $0.orderID = run.subject }, subject: run.subject)]
                }
                SagaReply<CheckoutMemory>.judged(PaymentFailed.self) { _, memory, _, reply in
                    // The customer has given another card since, and that one has not been answered yet.
                    reply.tokenVersion < memory.tokenVersion ? .ignored : .refused(reason: reply.reason)
                }
            },
            compensation: SagaCompensation(
                "RefundPayment",
                exchange: SagaExchange(resendAfter: .seconds(60), giveUpAfter: .seconds(24 * 3600)) { _, run in
                    try Outgoing(
                        RefundPayment {
                            $0.orderID = run.subject
                            $0.reason = run.reason
                        }, subject: run.subject)
                } replies: {
                    SagaReply<CheckoutMemory>.done(PaymentRefunded.self) { [store] transaction, memory, run, reply in
                        // Empty when there was nothing to give back.
                        memory.paymentID = reply.paymentID
                        memory.refunded = !reply.paymentID.isEmpty
                        // A refund that was refused at first: the order was cancelled without waiting for it.
                        let status = try store.status(of: OrderID(unchecked: run.subject), in: transaction)
                        guard memory.refunded, status == .cancelled else { return [] }
                        return try refund(memory, run, store, in: transaction)
                    }
                    SagaReply<CheckoutMemory>.refused(RefundFailed.self) { _, _, _, reply in reply.reason }
                }))
    }

    private var scheduleShipping: SagaStep<CheckoutMemory> {
        SagaStep(
            "schedule-shipping", name: "ScheduleShipping", service: "shipping",
            exchange: SagaExchange { memory, run in
                try Outgoing(
                    ScheduleShipping {
                        $0.orderID = run.subject
                        $0.userID = memory.order.userID
                        $0.lines = memory.order.lines.map(\.itemQuantity)
                        $0.address = memory.order.address
                    }, subject: run.subject)
            } replies: {
                SagaReply<CheckoutMemory>.done(ShippingScheduled.self) { [store] transaction, memory, run, reply in
                    memory.shipmentID = reply.shipmentID
                    memory.trackingCode = reply.trackingCode
                    try store.record(
                        .shippingScheduled(
                            ShipmentID(unchecked: reply.shipmentID), trackingCode: reply.trackingCode),
                        run, in: transaction)
                    return []
                }
                SagaReply<CheckoutMemory>.refused(ShippingFailed.self) { _, _, _, reply in reply.reason }
            },
            compensation: SagaCompensation(
                "CancelShipping",
                exchange: SagaExchange { _, run in
                    try Outgoing(
                        CancelShipping {
                            $0.orderID = run.subject
                            $0.reason = run.reason
                        }, subject: run.subject)
                } replies: {
                    SagaReply<CheckoutMemory>.done(ShippingCancelled.self)
                    SagaReply<CheckoutMemory>.refused(ShippingCancelRefused.self) { _, _, _, reply in reply.reason }
                }))
    }

    private var confirmOrder: SagaStep<CheckoutMemory> {
        SagaStep("confirm-order", name: "ConfirmOrder", service: "orders", kind: .pivot) {
            [store] transaction, memory, run in
            try store.record(.completed, run, in: transaction)
            return [
                try Outgoing(OrderConfirmed(memory), subject: run.subject),
                try Outgoing(OrderCompleted(memory, at: run.now), subject: run.subject),
            ]
        }
    }
}

/// The order is `refunded` when money went back, `cancelled` when none had moved, or when the refund is still
/// being tried: then it becomes `refunded` later.
private func cancel(
    _ memory: CheckoutMemory, _ run: SagaRun, _ store: OrderStore, in transaction: Transaction
) throws -> [Outgoing] {
    if memory.refunded { return try refund(memory, run, store, in: transaction) }
    try store.record(.cancelled(reason: run.reason), run, in: transaction)
    return [try Outgoing(OrderCancelled(memory, reason: run.reason), subject: run.subject)]
}

private func refund(
    _ memory: CheckoutMemory, _ run: SagaRun, _ store: OrderStore, in transaction: Transaction
) throws -> [Outgoing] {
    try store.record(.refunded(reason: run.reason), run, in: transaction)
    return [
        try Outgoing(
            OrderRefunded {
                $0.orderID = run.subject
                $0.userID = memory.order.userID
                $0.amount = memory.order.total
                $0.reason = run.reason
            }, subject: run.subject)
    ]
}

extension OrderStore {
    /// Records what a saga's step did to its order.
    func record(_ kind: OrderEvent.Kind, _ run: SagaRun, in transaction: Transaction) throws {
        try record(
            kind, of: OrderID(unchecked: run.subject), at: run.now, cause: run.correlationID,
            actor: "saga \(run.id)", in: transaction)
    }
}
