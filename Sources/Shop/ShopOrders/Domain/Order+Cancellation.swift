internal import FlotillaCore

/// How an order can be taken back when somebody asks for it.
enum CancellationPath: Sendable, Equatable {
    /// The checkout still runs: it is turned back.
    case abortCheckout
    /// The order is complete but not on its way: shipment, money and stock are taken back.
    case undoCompleted
}

extension Order {
    /// How long after it was placed a customer may cancel.
    static let cancellationWindow = Duration.seconds(24 * 3600)

    /// Decides whether, and how, the order can be cancelled now.
    ///
    /// - Parameter isStaff: staff may cancel after the window has closed, never after the dispatch.
    func cancellation(at now: Timestamp, isStaff: Bool) throws(OrderError) -> CancellationPath {
        switch status {
        case .cancelled, .refunded: throw .alreadyCancelled
        case _ where isBeingCancelled: throw .alreadyBeingCancelled
        case _ where dispatchedAt != nil: throw .tooLateToCancel("it has been dispatched")
        case _ where !isStaff && now - placed.placedAt > Self.cancellationWindow:
            throw .tooLateToCancel("it was placed more than 24 hours ago")
        case .completed: return .undoCompleted
        case .created, .awaitingPayment, .paid, .shipping: return .abortCheckout
        }
    }
}
