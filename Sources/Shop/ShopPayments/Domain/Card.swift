internal import FlotillaCore

/// A card that can be charged. Its security code is not part of it: that is checked and forgotten.
struct Card: Sendable, Hashable {
    var number: CardNumber
    var expiry: CardExpiry
}

/// The last month in which a card is good.
struct CardExpiry: Sendable, Hashable {
    /// 1 to 12.
    var month: Int
    /// Four digits.
    var year: Int

    /// Whether the month is over at `now`, in UTC.
    func isOver(at now: Timestamp) -> Bool {
        // A timestamp's text sorts like the time, and begins with year and month.
        text < now.description.prefix(7)
    }

    /// `2030-09`.
    var text: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

    init(month: Int, year: Int) {
        self.month = month
        self.year = year
    }

    /// Reads ``text``.
    init?(_ text: Substring) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (1...12).contains(month) else {
            return nil
        }
        self.init(month: month, year: year)
    }
}

/// Stands for a card of one user, in orders and messages.
struct CardToken: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}
