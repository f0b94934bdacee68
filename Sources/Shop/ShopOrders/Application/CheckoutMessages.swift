internal import FlotillaCore
internal import ShopContracts

// What Orders tells the others, made from what it remembers.

extension OrderCreated {
    init(_ order: PlacedOrder) {
        self.init {
            let record = OrderPlacedRecord(order)
            $0.orderID = record.orderID
            $0.userID = record.userID
            $0.cartID = record.cartID
            $0.lines = record.lines
            $0.total = record.total
            $0.address = record.address
            $0.createdAtUs = record.placedAtUs
        }
    }
}

extension OrderConfirmed {
    init(_ memory: CheckoutMemory) {
        self.init {
            $0.orderID = memory.order.orderID
            $0.userID = memory.order.userID
            $0.total = memory.order.total
            $0.paymentID = memory.paymentID
            $0.shipmentID = memory.shipmentID
            $0.trackingCode = memory.trackingCode
        }
    }
}

extension OrderCompleted {
    init(_ memory: CheckoutMemory, at now: Timestamp) {
        self.init {
            $0.orderID = memory.order.orderID
            $0.userID = memory.order.userID
            $0.lines = memory.order.lines
            $0.total = memory.order.total
            $0.shipmentID = memory.shipmentID
            $0.createdAtUs = memory.order.placedAtUs
            $0.completedAtUs = now.microseconds
        }
    }
}

extension OrderCancelled {
    init(_ order: PlacedOrder, reason: String) {
        self.init {
            let record = OrderPlacedRecord(order)
            $0.orderID = record.orderID
            $0.userID = record.userID
            $0.reason = reason
            $0.lines = record.lines
            $0.total = record.total
        }
    }

    init(_ memory: CheckoutMemory, reason: String) {
        self.init {
            $0.orderID = memory.order.orderID
            $0.userID = memory.order.userID
            $0.reason = reason
            $0.lines = memory.order.lines
            $0.total = memory.order.total
        }
    }
}
