internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaSagas
internal import ShopContracts

extension CancellationMemory: ProtobufPayload {
    static let messageType = "shop.orders.cancellation-memory.v1"
}

/// Takes a completed order back: CancelShipping → ReleaseItems → RefundPayment → RefundOrder.
///
/// Shipping decides: once the carrier has the parcel nothing is taken back. Its yes is the pivot;
/// after it, stock and money are returned however long that takes. Money that the provider refuses to give back
/// leaves the order `cancelled`, not `completed`, until the refund works.
struct CancellationSaga: Sendable {
    let store: OrderStore

    func definition() throws -> SagaDefinition<CancellationMemory> {
        try SagaDefinition("cancellation", steps: [cancelShipping, releaseItems, refundPayment, refundOrder])
    }

    private var cancelShipping: SagaStep<CancellationMemory> {
        SagaStep(
            "cancel-shipping", name: "CancelShipping", service: "shipping", kind: .pivot,
            exchange: SagaExchange { memory, run in
                try Outgoing(
                    CancelShipping {
                        $0.orderID = run.subject
                        $0.reason = memory.reason
                    }, subject: run.subject)
            } replies: {
                SagaReply<CancellationMemory>.done(ShippingCancelled.self)
                SagaReply<CancellationMemory>.refused(ShippingCancelRefused.self) {
                    [store] transaction, _, run, reply in
                    try store.record(.cancellationRefused(reason: reply.reason), run, in: transaction)
                    return reply.reason
                }
            })
    }

    private var refundPayment: SagaStep<CancellationMemory> {
        SagaStep(
            "refund-payment", name: "RefundPayment", service: "payments", kind: .retriable,
            exchange: SagaExchange(resendAfter: .seconds(60)) { memory, run in
                try Outgoing(
                    RefundPayment {
                        $0.orderID = run.subject
                        $0.reason = memory.reason
                    }, subject: run.subject)
            } replies: {
                SagaReply<CancellationMemory>.done(PaymentRefunded.self)
                SagaReply<CancellationMemory>.judged(RefundFailed.self) { [store] transaction, memory, run, reply in
                    // Parcel and stock are back, and the step is tried again: only the first refusal changes the order.
                    let order = try store.order(OrderID(unchecked: run.subject), in: transaction)
                    guard let order, order.status == .completed else { return .refused(reason: reply.reason) }
                    try store.record(.cancelled(reason: memory.reason), run, in: transaction)
                    let told = OrderCancelled(order.placed, reason: memory.reason)
                    return .refused(reason: reply.reason, [try Outgoing(told, subject: run.subject)])
                }
            })
    }

    private var releaseItems: SagaStep<CancellationMemory> {
        SagaStep(
            "release-items", name: "ReleaseItems", service: "inventory", kind: .retriable,
            exchange: SagaExchange { memory, run in
                try Outgoing(
                    ReleaseItems {
                        $0.orderID = run.subject
                        $0.reason = memory.reason
                    }, subject: run.subject)
            } replies: {
                SagaReply<CancellationMemory>.done(ItemsReleased.self)
            })
    }

    private var refundOrder: SagaStep<CancellationMemory> {
        SagaStep("refund-order", name: "RefundOrder", service: "orders", kind: .retriable) {
            [store] transaction, memory, run in
            try store.record(.refunded(reason: memory.reason), run, in: transaction)
            return [
                try Outgoing(
                    OrderRefunded {
                        $0.orderID = run.subject
                        $0.userID = memory.userID
                        $0.amount = memory.amount
                        $0.reason = memory.reason
                    }, subject: run.subject)
            ]
        }
    }
}
