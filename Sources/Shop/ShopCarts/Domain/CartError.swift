internal import FlotillaCore

/// What can be wrong with a change of a cart.
enum CartError: DescribedError {
    /// There is none, or it is somebody else's.
    case notFound
    case tooManyLines
    case unknownProduct
    case otherCurrency(String)
    /// The price of a product that is not in the cart yet cannot be found out now.
    case noPrice

    var kind: ErrorKind {
        switch self {
        case .notFound, .unknownProduct: .notFound
        case .tooManyLines, .otherCurrency: .conflict
        case .noPrice: .unavailable
        }
    }

    var slug: String {
        switch self {
        case .notFound: "cart-not-found"
        case .tooManyLines: "cart-full"
        case .unknownProduct: "product-not-found"
        case .otherCurrency: "other-currency"
        case .noPrice: "price-unavailable"
        }
    }

    var detail: String {
        switch self {
        case .notFound: "There is no such cart; POST /api/v1/carts makes one."
        case .tooManyLines: "A cart has at most \(Cart.linesMax) lines; take something out first, or order twice."
        case .unknownProduct: "There is no such product."
        case .otherCurrency(let currency): "The product is sold in \(currency), the cart is in \(Cart.currency)."
        case .noPrice: "The price cannot be found out right now; try again shortly. The cart is as it was."
        }
    }

    var retryAfter: Duration? {
        if case .noPrice = self { .seconds(5) } else { nil }
    }
}
