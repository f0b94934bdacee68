internal import FlotillaCore

/// Why Orders says no.
enum OrderError: DescribedError, Equatable {
    case alreadyCancelled
    case alreadyBeingCancelled
    case tooLateToCancel(String)
    case notAwaitingPayment(Order.Status)
    case tooManyPaymentTokens
    case emptyCart
    case tooManyLines(Int)
    case unknownProduct(field: String, id: String)
    case mixedCurrencies
    case totalTooLarge
    case keyReused

    var kind: ErrorKind {
        switch self {
        case .alreadyCancelled, .alreadyBeingCancelled, .tooLateToCancel, .notAwaitingPayment,
            .tooManyPaymentTokens:
            .conflict
        case .emptyCart, .tooManyLines, .unknownProduct, .mixedCurrencies, .totalTooLarge, .keyReused: .invalid
        }
    }

    var slug: String {
        switch self {
        case .alreadyCancelled: "already-cancelled"
        case .alreadyBeingCancelled: "already-being-cancelled"
        case .tooLateToCancel: "too-late-to-cancel"
        case .notAwaitingPayment: "not-awaiting-payment"
        case .tooManyPaymentTokens: "too-many-payment-tokens"
        case .emptyCart: "empty-cart"
        case .tooManyLines: "too-many-lines"
        case .unknownProduct: "unknown-product"
        case .mixedCurrencies: "mixed-currencies"
        case .totalTooLarge: "total-too-large"
        case .keyReused: "idempotency-key-reused"
        }
    }

    var detail: String {
        switch self {
        case .alreadyCancelled: "The order is cancelled already."
        case .alreadyBeingCancelled: "The order is being cancelled already; its status will tell how that ends."
        case .tooLateToCancel(let why): "The order can no longer be cancelled: \(why). It can be returned."
        case .notAwaitingPayment(.awaitingPayment): "The payment has just failed, and the order is being cancelled."
        case .notAwaitingPayment(.created):
            "The order does not await its payment yet: its items are still being reserved. Try again shortly."
        case .notAwaitingPayment(let status):
            "The order does not await its payment any more: it is \(status.rawValue)."
        case .tooManyPaymentTokens:
            "The card of this order was replaced \(Order.tokenReplacementsMax) times, which is the most;"
                + " wait for its payment, or cancel it and order again."
        case .emptyCart: "There is nothing in the cart to order."
        case .tooManyLines(let count): "The order has \(count) lines; at most \(PlacedOrder.linesMax) are allowed."
        case .unknownProduct(_, let id): "There is no product \(id)."
        case .mixedCurrencies: "An order can only have products of one currency."
        case .totalTooLarge: "The total of the order is larger than can be paid."
        case .keyReused:
            "This Idempotency-Key was used for another order; use a new key for a new order, "
                + "or send the same body again."
        }
    }

    var fields: [FieldError] {
        guard case .unknownProduct(let field, let id) = self else { return [] }
        return [FieldError(field: field, message: "there is no product \(id)")]
    }
}

extension PlacedOrder {
    static let linesMax = 50
    /// In minor units: ten million of the currency.
    static let totalMax: Int64 = 1_000_000_000

    /// The sum of the lines.
    ///
    /// - Throws: ``OrderError`` when they cannot be one order.
    static func total(of lines: [OrderLine]) throws(OrderError) -> Money {
        guard let first = lines.first else { throw .emptyCart }
        guard lines.count <= linesMax else { throw .tooManyLines(lines.count) }
        var sum = Money(amount: 0, currency: first.unitPrice.currency)
        for line in lines {
            guard line.unitPrice.currency == sum.currency else { throw .mixedCurrencies }
            guard line.unitPrice.amount <= totalMax else { throw .totalTooLarge }
            sum = sum + line.total
        }
        guard sum.amount <= totalMax else { throw .totalTooLarge }
        return sum
    }
}
