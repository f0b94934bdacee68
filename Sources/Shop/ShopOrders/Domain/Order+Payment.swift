internal import FlotillaCore

extension Order {
    /// How often the card of one order can be replaced: with the first card, as many as Payments tries.
    static let tokenReplacementsMax = 9

    /// Decides whether the order can be paid with another card now.
    func requirePayable() throws(OrderError) {
        if isBeingCancelled { throw .alreadyBeingCancelled }
        guard status == .awaitingPayment else { throw .notAwaitingPayment(status) }
    }
}
