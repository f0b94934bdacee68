internal import ShopContracts
internal import SwiftProtobuf

/// Every message of the Shop, as generated.
enum ShopMessages {
    static let all: [any Message.Type] = [
        CancelOrder.self, CancelShipping.self, CartCheckedOut.self, CartExpired.self, CartSnapshot.self,
        CommitItems.self, ConfirmOrder.self, GetCartRequest.self, GetProductsReply.self, GetProductsRequest.self,
        GetStockReply.self, GetStockRequest.self, GetUserRequest.self, ItemQuantity.self, ItemsCommitted.self,
        ItemsReleased.self, ItemsReserved.self, MoneyValue.self, NotificationFailed.self, NotificationSent.self,
        OrderCancelled.self, OrderCompleted.self, OrderConfirmed.self, OrderCreated.self, OrderRefunded.self,
        PaymentFailed.self, PaymentProcessed.self, PaymentRefunded.self, PostalAddress.self, PriceChanged.self,
        PricedItem.self, ProcessPayment.self, ProductCreated.self, ProductSummary.self, ProductUpdated.self,
        RefundFailed.self, RefundPayment.self, ReleaseItems.self, ReservationFailed.self, ReserveItems.self,
        ScheduleShipping.self, ShipmentDelivered.self, ShipmentDispatched.self, ShippingCancelRefused.self,
        ShippingCancelled.self, ShippingFailed.self, ShippingScheduled.self, StockChanged.self, StockLevel.self,
        StockLow.self, UserErased.self, UserProfile.self, UserRegistered.self, UserUpdated.self,
    ]
}
