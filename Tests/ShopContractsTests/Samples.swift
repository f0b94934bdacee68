internal import FlotillaCore
internal import FlotillaProtobuf
internal import ShopContracts

/// One message of every type, with every field set.
enum Samples {
    static let all: [any ProtobufPayload] =
        users + catalog + carts + orders + payments + inventory + shipping + notifications

    /// How often a type has got new fields since its first version; each of its shapes has golden files.
    static let additions = [
        ProcessPayment.messageType: 1, PaymentProcessed.messageType: 1, PaymentFailed.messageType: 1,
    ]

    private static let price = Money(amount: 4_550, currency: "USD")
    private static let lines = [
        PricedItem(productID: "prod-0001", name: "Harbour Lantern", quantity: 2, unitPrice: price),
        PricedItem(
            productID: "prod-0042", name: "Öltuch, groß", quantity: 1, unitPrice: Money(amount: 899, currency: "USD")),
    ]
    private static let total = MoneyValue(Money(amount: 9_999, currency: "USD"))
    private static let address = PostalAddress {
        $0.name = "Ada Lovelace"
        $0.line1 = "12 St James's Square"
        $0.line2 = "Second floor"
        $0.city = "London"
        $0.postalCode = "SW1Y 4JH"
        $0.country = "GB"
    }

    private static let users: [any ProtobufPayload] = [
        UserRegistered {
            $0.userID = "user-1"; $0.email = "ada@shop.example"; $0.name = "Ada Lovelace"; $0.language = "en"
            $0.role = "customer"; $0.tier = "free"; $0.region = "eu"
        },
        UserUpdated {
            $0.userID = "user-1"; $0.email = "ada@shop.example"; $0.name = "Ada King"; $0.language = "fr"
            $0.role = "customer"; $0.tier = "premium"; $0.region = "eu"; $0.isActive = true
        },
        UserErased { $0.userID = "user-1" },
    ]

    private static let catalog: [any ProtobufPayload] = [
        ProductCreated {
            $0.productID = "prod-0001"; $0.productGroup = "group-01"; $0.name = "Harbour Lantern"
            $0.details = "Brass, with a glass that does not rattle."; $0.category = "lighting"
            $0.price = MoneyValue(price); $0.image = "/images/prod-0001.svg"
        },
        ProductUpdated {
            $0.productID = "prod-0001"; $0.productGroup = "group-01"; $0.name = "Harbour Lantern, small"
            $0.details = "Brass."; $0.category = "lighting"; $0.price = MoneyValue(price)
            $0.image = "/images/prod-0001.svg"
        },
        PriceChanged {
            $0.productID = "prod-0001"; $0.oldPrice = MoneyValue(price); $0.newPrice = total
        },
    ]

    private static let carts: [any ProtobufPayload] = [
        CartCheckedOut {
            $0.cartID = "cart-1"; $0.userID = "user-1"; $0.orderID = "order-1"; $0.lines = lines
        },
        CartExpired { $0.cartID = "cart-1"; $0.userID = "user-1"; $0.lines = lines },
    ]

    private static let orders: [any ProtobufPayload] = [
        OrderCreated {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.cartID = "cart-1"; $0.lines = lines; $0.total = total
            $0.address = address; $0.createdAtUs = 1_767_225_600_000_000
        },
        OrderConfirmed {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.total = total; $0.paymentID = "payment-1"
            $0.shipmentID = "shipment-1"; $0.trackingCode = "FL0000000017"
        },
        OrderCompleted {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.lines = lines; $0.total = total
            $0.shipmentID = "shipment-1"; $0.createdAtUs = 1_767_225_600_000_000
            $0.completedAtUs = 1_767_225_601_500_000
        },
        OrderCancelled {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.reason = "sold-out"; $0.lines = lines; $0.total = total
        },
        OrderRefunded {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.amount = total; $0.reason = "cancelled-by-customer"
        },
        ConfirmOrder {
            $0.orderID = "order-1"; $0.paymentID = "payment-1"; $0.shipmentID = "shipment-1"
            $0.trackingCode = "FL0000000017"
        },
        CancelOrder { $0.orderID = "order-1"; $0.reason = "card-declined" },
    ]

    private static let payments: [any ProtobufPayload] = [
        ProcessPayment {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.amount = total; $0.paymentToken = "tok-1"
            $0.tokenVersion = 2
        },
        RefundPayment { $0.orderID = "order-1"; $0.reason = "cancelled-by-customer" },
        PaymentProcessed {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.paymentID = "payment-1"; $0.amount = total
            $0.tokenVersion = 2
        },
        PaymentFailed {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.reason = "card-declined"; $0.retryable = true
            $0.tokenVersion = 2
        },
        PaymentRefunded {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.paymentID = "payment-1"; $0.amount = total
        },
        RefundFailed {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.paymentID = "payment-1"; $0.reason = "provider-refused"
            $0.retryable = true
        },
    ]

    private static let inventory: [any ProtobufPayload] = [
        ReserveItems { $0.orderID = "order-1"; $0.lines = lines.map(\.itemQuantity) },
        CommitItems { $0.orderID = "order-1" },
        ReleaseItems { $0.orderID = "order-1"; $0.reason = "card-declined" },
        ItemsReserved { $0.orderID = "order-1"; $0.lines = lines.map(\.itemQuantity) },
        ReservationFailed { $0.orderID = "order-1"; $0.reason = "sold-out"; $0.productID = "prod-0042" },
        ItemsCommitted { $0.orderID = "order-1" },
        ItemsReleased { $0.orderID = "order-1" },
        StockChanged { $0.productID = "prod-0042"; $0.available = 7 },
        StockLow { $0.productID = "prod-0042"; $0.available = 2; $0.threshold = 5 },
    ]

    private static let shipping: [any ProtobufPayload] = [
        ScheduleShipping {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.lines = lines.map(\.itemQuantity); $0.address = address
        },
        CancelShipping { $0.orderID = "order-1"; $0.reason = "cancelled-by-customer" },
        ShippingScheduled {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.shipmentID = "shipment-1"
            $0.trackingCode = "FL0000000017"; $0.carrier = "tern"
        },
        ShippingFailed { $0.orderID = "order-1"; $0.reason = "address-not-served" },
        ShippingCancelled { $0.orderID = "order-1"; $0.shipmentID = "shipment-1" },
        ShippingCancelRefused {
            $0.orderID = "order-1"; $0.shipmentID = "shipment-1"; $0.reason = "too-late-to-cancel"
        },
        ShipmentDispatched {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.shipmentID = "shipment-1"
            $0.trackingCode = "FL0000000017"; $0.carrier = "tern"
        },
        ShipmentDelivered {
            $0.orderID = "order-1"; $0.userID = "user-1"; $0.shipmentID = "shipment-1"
            $0.trackingCode = "FL0000000017"; $0.carrier = "tern"
        },
    ]

    private static let notifications: [any ProtobufPayload] = [
        NotificationSent {
            $0.notificationID = "notification-1"; $0.userID = "user-1"; $0.channel = "email"
            $0.template = "order-confirmed"; $0.causedBy = "event-1"
        },
        NotificationFailed {
            $0.notificationID = "notification-1"; $0.userID = "user-1"; $0.channel = "sms"
            $0.template = "order-confirmed"; $0.causedBy = "event-1"; $0.reason = "number-unknown"
        },
    ]
}
