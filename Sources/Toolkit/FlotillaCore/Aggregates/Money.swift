/// An amount in the minor unit of a currency: 9999 USD is $99.99.
///
/// Integers only: no sum is ever rounded behind one's back.
public struct Money: Sendable, Hashable, CustomStringConvertible {
    /// In cents or the currency's like; from −10¹⁵ to 10¹⁵ by ``isInRange``.
    public var amount: Int64
    /// ISO 4217, three capital letters.
    public var currency: String

    public init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// Whether the amount is one that can be multiplied and added without fear of overflow.
    public var isInRange: Bool { (-1_000_000_000_000_000...1_000_000_000_000_000).contains(amount) }

    /// The sum of both. Both must be of one currency.
    public static func + (left: Money, right: Money) -> Money {
        precondition(left.currency == right.currency, "cannot add \(right.currency) to \(left.currency)")
        return Money(amount: left.amount + right.amount, currency: left.currency)
    }

    public static func * (left: Money, factor: Int) -> Money {
        Money(amount: left.amount * Int64(factor), currency: left.currency)
    }

    /// `9999 USD`: the exact form, for logs.
    public var description: String { "\(amount) \(currency)" }
}
