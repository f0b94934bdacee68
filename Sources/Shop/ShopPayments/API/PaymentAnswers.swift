internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// What stands for a card from now on.
struct PaymentTokenAnswer: ResponseBody {
    var token: CardToken
    var brand: CardBrand
    var last4: String

    static let example = PaymentTokenAnswer(
        token: CardToken(unchecked: "tok_01KBB2A7Q3M0W9T5XJ8VZ4C6DE"), brand: .visa, last4: "4242")

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("token", token)
            json.field("brand", brand.rawValue)
            json.field("last4", last4)
        }
    }
}

/// A payment as its owner sees it.
struct PaymentAnswer: ResponseBody {
    var id: PaymentID
    var orderID: OrderID
    var amount: Money
    var status: String

    static let example = PaymentAnswer(
        id: PaymentID(unchecked: "01KBB2A7Q3M0W9T5XJ8VZ4C6DF"),
        orderID: OrderID(unchecked: "01KBB2A7Q3M0W9T5XJ8VZ4C6DG"),
        amount: Money(amount: 9_999, currency: "USD"), status: "captured")

    init(id: PaymentID, orderID: OrderID, amount: Money, status: String) {
        self.id = id
        self.orderID = orderID
        self.amount = amount
        self.status = status
    }

    /// - Returns: nil while there is nothing to tell: the provider has not answered, or was never asked.
    init?(_ payment: Payment) {
        guard let id = payment.id, let status = Self.word(payment.status) else { return nil }
        self.init(id: id, orderID: payment.orderID, amount: payment.amount, status: status)
    }

    private static func word(_ status: Payment.Status) -> String? {
        switch status {
        case .pending, .cancelled: nil
        case .captured, .refunding: "captured"
        case .refunded: "refunded"
        case .voided: "voided"
        case .failed: "failed"
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("orderId", orderID)
            json.field("amount", amount)
            json.field("status", status)
        }
    }
}
