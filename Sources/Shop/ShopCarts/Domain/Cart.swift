internal import FlotillaCore
internal import ShopContracts

/// What somebody means to buy. A guest's cart has no owner; whoever knows its ID may use it.
struct Cart: Sendable, Hashable {
    /// So many of one product, at the price shown last.
    struct Line: Sendable, Hashable {
        var productID: ProductID
        var name: String
        /// 1 to ``Cart/quantityMax``.
        var quantity: Int
        var unitPrice: Money
        var isInStock: Bool

        var total: Money { unitPrice * quantity }
    }

    static let linesMax = 50
    static let quantityMax = 99
    static let currency = "USD"

    let id: CartID
    let owner: UserID?
    /// In the order in which they were put in.
    var lines: [Line] = []
    /// Whose cart took this one in at sign-in; it cannot be used any more.
    var mergedInto: UserID?

    init(id: CartID, owner: UserID?) {
        self.id = id
        self.owner = owner
    }

    var subtotal: Money { lines.reduce(Money(amount: 0, currency: Self.currency)) { $0 + $1.total } }

    /// Whether `asker` may see and change it: the owner alone, or anybody who knows a guest's cart.
    func isOpen(to asker: UserID?) -> Bool {
        guard mergedInto == nil else { return false }
        return owner == nil || owner == asker
    }

    /// Has so many of a product in the cart from now on, at the price of `offer`.
    mutating func set(_ productID: ProductID, quantity: Int, at offer: Offer) throws(CartError) {
        guard offer.price.currency == Self.currency else { throw .otherCurrency(offer.price.currency) }
        let line = Line(
            productID: productID, name: offer.name, quantity: quantity, unitPrice: offer.price,
            isInStock: offer.isInStock)
        if let index = index(of: productID) {
            lines[index] = line
        } else {
            guard lines.count < Self.linesMax else { throw .tooManyLines }
            lines.append(line)
        }
    }

    /// Another number of a product that is in the cart, at the price shown last.
    ///
    /// - Returns: false when it is not in the cart.
    mutating func setQuantity(_ quantity: Int, of productID: ProductID) -> Bool {
        guard let index = index(of: productID) else { return false }
        lines[index].quantity = quantity
        return true
    }

    mutating func remove(_ productID: ProductID) { lines.removeAll { $0.productID == productID } }

    /// Takes in the lines of a guest's cart; quantities add up, to ``quantityMax`` at the most.
    ///
    /// Signing in must not fail for a full cart: what is beyond ``linesMax`` lines stays out.
    mutating func absorb(_ guest: Cart) {
        for line in guest.lines {
            if let index = index(of: line.productID) {
                lines[index].quantity = min(Self.quantityMax, lines[index].quantity + line.quantity)
            } else if lines.count < Self.linesMax {
                lines.append(line)
            }
        }
    }

    /// Takes out what was ordered; what was put in since then stays.
    mutating func takeOut(_ ordered: [ItemQuantity]) {
        for item in ordered {
            guard let index = lines.firstIndex(where: { $0.productID.text == item.productID }) else { continue }
            lines[index].quantity -= Int(item.quantity)
            if lines[index].quantity < 1 { lines.remove(at: index) }
        }
    }

    /// Shows each line at its present price. A product that is not offered any more keeps its line and is out of stock.
    mutating func refresh(_ offers: [ProductID: Offer?]) {
        for index in lines.indices {
            guard let known = offers[lines[index].productID] else { continue }
            guard let offer = known, offer.price.currency == Self.currency else {
                lines[index].isInStock = false
                continue
            }
            lines[index].name = offer.name
            lines[index].unitPrice = offer.price
            lines[index].isInStock = offer.isInStock
        }
    }

    private func index(of productID: ProductID) -> Int? { lines.firstIndex { $0.productID == productID } }
}

/// What Catalog says of a product now.
struct Offer: Sendable, Hashable {
    var name: String
    var price: Money
    var isInStock: Bool
}
