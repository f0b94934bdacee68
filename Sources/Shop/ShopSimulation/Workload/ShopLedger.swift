internal import FlotillaCore
internal import Synchronization

/// What customers know: what they asked for and what they were told.
final class ShopLedger: Sendable {
    /// One purchase, from its first click.
    struct Purchase: Sendable {
        var key: String
        var customer: String
        var cards: [SimulatedCard]
        /// The orders it was told of: never more than one.
        var orders: Set<String> = []
        /// Whether cancelling was asked for; it may have been done then.
        var isCancelAsked = false
    }

    private struct State {
        var purchases: [String: Purchase] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.purchases.count } }

    /// All of them, by key.
    var purchases: [Purchase] { state.withLock { $0.purchases.values.sorted { $0.key < $1.key } } }

    func purchase(_ key: String) -> Purchase? { state.withLock { $0.purchases[key] } }

    /// A purchase that became more than one order; nil when there is none.
    var doubled: Purchase? {
        state.withLock { $0.purchases.values.filter { $0.orders.count > 1 }.min { $0.key < $1.key } }
    }

    /// The first order, by its ID, that customers were told of and that `condition` holds for.
    func firstOrder(where condition: (String) -> Bool) -> (id: String, purchase: Purchase)? {
        state.withLock { state in
            var first: (id: String, purchase: Purchase)?
            for purchase in state.purchases.values {
                for order in purchase.orders where order < first?.id ?? "~" && condition(order) {
                    first = (order, purchase)
                }
            }
            return first
        }
    }

    func begin(_ purchase: Purchase) { state.withLock { $0.purchases[purchase.key] = purchase } }

    func note(_ key: String, _ change: (inout Purchase) -> Void) {
        state.withLock { state in
            guard var purchase = state.purchases[key] else { return }
            change(&purchase)
            state.purchases[key] = purchase
        }
    }
}

/// The test cards, and what each makes possible.
enum SimulatedCard: String, Sendable, CaseIterable {
    case paid = "4242424242424242"
    case declined = "4000000000000002"
    case insufficientFunds = "4000000000009995"
    case failsTwice = "4000000000000119"
    case answerLost = "4000000000000341"
    case refundRefused = "4000000000005126"

    /// Whether the provider takes money from it.
    var pays: Bool { self != .declined && self != .insufficientFunds }
}
