internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopOrders

@Suite("Taking a completed order back") struct CancellationTests {
    /// - Returns: the ID of a completed order that is being cancelled, whose parcel and stock have come back.
    private func cancelled(_ orders: OrdersBench) async throws -> String {
        let order = try await orders.placeAndReserve()
        try await orders.pay(try await orders.command(ProcessPayment.self, of: order))
        try await orders.ship(order)
        #expect(try await orders.bench.call(.post, "/api/v1/orders/\(order)/cancel", as: .ada).status == 202)
        try await orders.answer(
            try await orders.command(CancelShipping.self, of: order), ShippingCancelled { $0.orderID = order })
        try await orders.answer(
            try await orders.command(ReleaseItems.self, of: order), ItemsReleased { $0.orderID = order })
        return order
    }

    private func refunded(_ order: String) -> PaymentRefunded {
        PaymentRefunded {
            $0.orderID = order
            $0.paymentID = "payment-1"
        }
    }

    @Test("the stock goes back before the money, and the order is refunded with it")
    func refunded() async throws {
        try await OrdersBench.run { orders in
            let order = try await cancelled(orders)
            try await orders.answer(try await orders.command(RefundPayment.self, of: order), refunded(order))
            try await orders.wait(for: order, toBe: "refunded")
        }
    }

    @Test("a refused refund leaves the order cancelled, not completed; it is refunded when the money is back after all")
    func refusedRefund() async throws {
        try await OrdersBench.run { orders in
            let order = try await cancelled(orders)
            let command = try await orders.command(RefundPayment.self, of: order)
            let refusal = RefundFailed {
                $0.orderID = order
                $0.paymentID = "payment-1"
                $0.reason = "refund-refused"
            }
            try await orders.answer(command, refusal)
            try await orders.wait(for: order, toBe: "cancelled")
            let told = try await orders.command(OrderCancelled.self, of: order)
            #expect(try OrderCancelled(messageBytes: told.data).lines.count == 1)
            try await orders.answer(command, refusal)
            try await orders.answer(command, refunded(order))
            try await orders.wait(for: order, toBe: "refunded")
            #expect(try await orders.commands(OrderCancelled.self, of: order).count == 1)
        }
    }
}
