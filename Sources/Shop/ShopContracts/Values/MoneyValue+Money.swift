public import FlotillaCore

extension MoneyValue {
    /// The amount as it travels in a message.
    public init(_ money: Money) {
        self.init()
        amount = money.amount
        currency = money.currency
    }

    /// The amount to calculate with.
    ///
    /// A message that was sent without one gives 0 in no currency; compare ``Money/currency`` before adding.
    public var money: Money { Money(amount: amount, currency: currency) }
}
