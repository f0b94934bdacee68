internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Tells what an order has paid, to its owner and to staff.
struct ListPayments: Sendable {
    /// Who may see everybody's payments.
    static let staff: Set<Principal.Role> = [.admin, .support]

    let database: Database
    let payments: any PaymentStore

    /// - Returns: nothing for an order the caller may not know of, as for one that does not exist.
    func callAsFunction(of orderID: OrderID, for caller: Principal) async throws -> [Payment] {
        guard let payment = try await database.read({ try payments.find(orderID, in: $0) }) else { return [] }
        guard Self.staff.contains(caller.role) || payment.userID.text == caller.id else { return [] }
        return [payment]
    }
}
