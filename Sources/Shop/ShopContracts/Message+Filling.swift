public import SwiftProtobuf

extension Message {
    /// A message with its fields set in one expression:
    ///
    ///     ReserveItems { $0.orderID = order.id.text; $0.lines = lines }
    ///
    /// Fields left alone have their proto3 default: zero, empty, absent.
    public init(_ fill: (inout Self) throws -> Void) rethrows {
        self.init()
        try fill(&self)
    }
}
