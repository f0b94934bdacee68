internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Shows parcels to those who may see them: the customer, support and admins.
///
/// To anybody else a parcel does not exist.
struct FindShipment: Sendable {
    private static let staff: Set<Principal.Role> = [.support, .admin]

    private let database: Database
    private let bookings = BookingTable()

    init(database: Database) { self.database = database }

    /// - Throws: `not-found` when there is none, or the caller may not know of it.
    func callAsFunction(_ id: ShipmentID, for caller: Principal) async throws -> Shipment {
        let shipment = try await database.read { try bookings.shipment(id, in: $0) }
        guard let shipment, Self.isVisible(shipment, to: caller) else { throw ServiceError.notFound("shipment") }
        return shipment
    }

    /// The parcels of an order that the caller may see: one, or none.
    func callAsFunction(of orderID: OrderID, for caller: Principal) async throws -> [Shipment] {
        let booking = try await database.read { try bookings.booking(of: orderID, in: $0) }
        guard case .shipment(let shipment) = booking, Self.isVisible(shipment, to: caller) else { return [] }
        return [shipment]
    }

    private static func isVisible(_ shipment: Shipment, to caller: Principal) -> Bool {
        staff.contains(caller.role) || shipment.userID.text == caller.id
    }
}
