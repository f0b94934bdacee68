internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

// What the tests of Payments say again and again.

extension Principal {
    static let ada = Principal(id: "ada", role: .customer)
    static let grace = Principal(id: "grace", role: .customer)
    static let linus = Principal(id: "linus", role: .support)
    static let manager = Principal(id: "mary", role: .manager)
    static let root = Principal(id: "root", role: .admin)
}

enum Cards {
    static let paid = "4242424242424242"
    static let otherPaid = "5555555555554444"
    static let declined = "4000000000000002"
    static let insufficientFunds = "4000000000009995"
    static let failsTwice = "4000000000000119"
    static let answerLost = "4000000000000341"
    static let refundRefused = "4000000000005126"

    static func body(_ number: String, month: Int64 = 12, year: Int64 = 2030, cvc: String = "123") -> JSONValue {
        [
            "number": .string(number), "expiryMonth": .integer(month), "expiryYear": .integer(year),
            "cvc": .string(cvc),
        ]
    }
}

extension ServiceBench {
    /// Exchanges a card for a token.
    func token(for number: String, as principal: Principal = .ada, cvc: String = "123") async throws -> String {
        let answer = try await call(.post, "/api/v1/payment-tokens", Cards.body(number, cvc: cvc), as: principal)
        #expect(answer.status == 201)
        return try #require(answer.json["token"]?.string)
    }

    /// Tells Payments to charge an order.
    ///
    /// - Parameter version: which of the order's tokens it is.
    func charge(
        _ orderID: String, _ token: String, version: Int32 = 0, amount: Int64 = 9_999, userID: String = "ada",
        saga: String = "checkout/1"
    ) async throws {
        let command = ProcessPayment {
            $0.orderID = orderID
            $0.userID = userID
            $0.amount = MoneyValue(Money(amount: amount, currency: "USD"))
            $0.paymentToken = token
            $0.tokenVersion = version
        }
        try await send(command, subject: orderID, saga: saga)
    }

    /// Tells Payments to give an order's money back.
    func refund(_ orderID: String, saga: String = "checkout/2") async throws {
        try await send(
            RefundPayment {
                $0.orderID = orderID
                $0.reason = "sold-out"
            }, subject: orderID, saga: saga)
    }

    /// Moves the clock on until Payments has sent that many messages about the order, and returns their short form.
    @discardableResult
    func messages(
        of orderID: String, count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        try await advance(until: "\(count) messages of \(orderID) are there", sourceLocation: sourceLocation) {
            try await received().filter { $0.subject == orderID }.count >= count
        }
        return try await told(of: orderID)
    }

    /// What Payments has told of the order so far, in short.
    func told(of orderID: String) async throws -> [String] {
        try await received().filter { $0.subject == orderID }.map { message in
            switch message.type {
            case PaymentProcessed.messageType:
                let event = try PaymentProcessed(messageBytes: message.data)
                return "processed \(event.amount.amount)"
            case PaymentFailed.messageType:
                let event = try PaymentFailed(messageBytes: message.data)
                return "failed \(event.reason)\(event.retryable ? " retryable" : "")"
            case PaymentRefunded.messageType:
                let event = try PaymentRefunded(messageBytes: message.data)
                return "refunded \(event.amount.amount)\(event.paymentID.isEmpty ? " of nothing" : "")"
            case RefundFailed.messageType:
                let event = try RefundFailed(messageBytes: message.data)
                return "refund-failed \(event.reason)\(event.retryable ? " retryable" : "")"
            default: return message.type
            }
        }
    }

    /// The lines of the order in the ledger, as amounts, oldest first.
    func ledger(of orderID: String) async throws -> [Int64] {
        try await instance.database.read { transaction in
            try transaction.query("SELECT amount FROM ledger WHERE order_id = ?1 ORDER BY amount DESC", orderID) {
                $0.int64(0)
            }
        }
    }

    /// What the API lists for the order.
    func listed(_ orderID: String, as principal: Principal = .ada) async throws -> [String] {
        let answer = try await call(.get, "/api/v1/payments?orderId=\(orderID)", as: principal)
        #expect(answer.status == 200)
        return try #require(answer.json["items"]?.array).compactMap { $0["status"]?.string }
    }
}
