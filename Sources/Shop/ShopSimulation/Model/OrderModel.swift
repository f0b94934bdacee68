/// What may become of an order, by rules that are small enough to be seen to be right.
///
/// It knows nothing of services: only what the customer did and which turns an order's life can take.
struct OrderModel: Sendable {
    enum Status: String, Sendable, CaseIterable {
        case created, awaitingPayment, paid, shipping, completed, cancelled, refunded

        var isTerminal: Bool { self == .completed || self == .cancelled || self == .refunded }

        /// What may come next.
        var next: Set<Status> {
            switch self {
            case .created: [.awaitingPayment, .cancelled]
            case .awaitingPayment: [.paid, .cancelled, .refunded]
            case .paid: [.shipping, .cancelled, .refunded]
            case .shipping: [.completed, .cancelled, .refunded]
            // Taken back by the customer; the refund may come at once or later.
            case .completed: [.refunded, .cancelled]
            // Where a refund was refused at first, it may succeed later.
            case .cancelled: [.refunded]
            case .refunded: []
            }
        }
    }

    /// The cards the customer gave, the first one first.
    var cards: [SimulatedCard]
    /// Whether the customer asked to cancel.
    var isCancelAsked: Bool

    /// How the order may end.
    var ends: Set<Status> {
        // It may always be sold out, or not be served by the carrier.
        var ends: Set<Status> = [.cancelled]
        if cards.contains(where: \.pays) {
            ends.insert(.completed)
            // Money went back because the customer wanted so, or because a card that was replaced had paid after all.
            if isCancelAsked { ends.insert(.refunded) }
        }
        return ends
    }

    /// What is wrong with a history that ends in `status`; nil: nothing.
    func problem(history: [String], status: String) -> String? {
        guard let end = Status(rawValue: status) else { return "it has the unknown status \(status)" }
        guard end.isTerminal else { return "it is still \(status)" }
        guard ends.contains(end) else {
            return "it ended as \(status); possible are \(ends.map(\.rawValue).sorted().joined(separator: ", "))"
        }
        var turns: [Status] = []
        for text in history {
            guard let turn = Status(rawValue: text) else { return "its history has the unknown status \(text)" }
            // A refused cancellation is a line of the history that changes nothing.
            if turn != turns.last { turns.append(turn) }
        }
        guard turns.first == .created else { return "its history begins with \(history.first ?? "nothing")" }
        guard turns.last == end else { return "its history ends with \(history.last ?? "nothing"), not \(status)" }
        for (from, to) in zip(turns, turns.dropFirst()) where !from.next.contains(to) {
            return "it went from \(from.rawValue) to \(to.rawValue)"
        }
        return nil
    }
}
