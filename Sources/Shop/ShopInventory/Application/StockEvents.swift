internal import FlotillaMessaging
internal import ShopContracts

/// Decides which movements of the stock the fleet is told about.
///
/// Not each: at thousands of orders a second nobody wants an event per line. `stock-changed` is sent
/// when a product sells out or can be bought again, and when somebody counted it; `stock-low` once,
/// when what can be sold falls to the threshold.
struct StockEvents: Sendable {
    static let defaultLowThreshold = 5

    var lowThreshold: Int

    init(lowThreshold: Int = Self.defaultLowThreshold) { self.lowThreshold = lowThreshold }

    func messages(_ movements: [StockMovement]) throws -> [Outgoing] {
        var messages: [Outgoing] = []
        for movement in movements {
            if movement.crossesZero { messages.append(try changed(movement)) }
            if movement.falls(to: lowThreshold) { messages.append(try low(movement)) }
        }
        return messages
    }

    /// The events of a count, which is always told.
    func counted(_ movement: StockMovement) throws -> [Outgoing] {
        var messages = [try changed(movement)]
        if movement.falls(to: lowThreshold) { messages.append(try low(movement)) }
        return messages
    }

    // These speak of a product, not of the order that moved it, so they carry no saga's mark.

    private func changed(_ movement: StockMovement) throws -> Outgoing {
        let event = StockChanged {
            $0.productID = movement.productID.text
            $0.available = Int64(movement.after)
        }
        return try Outgoing(event, subject: movement.productID.text, saga: "")
    }

    private func low(_ movement: StockMovement) throws -> Outgoing {
        let event = StockLow {
            $0.productID = movement.productID.text
            $0.available = Int64(movement.after)
            $0.threshold = Int64(lowThreshold)
        }
        return try Outgoing(event, subject: movement.productID.text, saga: "")
    }
}
