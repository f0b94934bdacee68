internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaStorage
internal import FlotillaTesting
internal import ShopContracts

@testable internal import ShopShipping

/// Shipping's tables and use cases on a real file, without the service around them.
final class ParcelDesk: Sendable {
    let time = ManualTime()
    let world: World
    let database: Database
    let outbox: Outbox
    private let folder: TemporaryFolder

    init(seed: UInt64 = 7) async throws {
        world = .manual(time, seed: seed)
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.path(of: "shipping.sqlite"), migrations: [Outbox.migrations, ShippingSchema.migrations],
            world: world)
        outbox = try await Outbox(producer: "shipping", database: database, world: world)
    }

    /// What a message was answered with.
    enum Reply: Sendable, Hashable {
        case scheduled(shipment: String, trackingCode: String)
        case failed(String)
        case cancelled(shipment: String)
        case cancelRefused(String)
        case dispatched
        case delivered
        case nothing
    }

    func schedule(_ order: String, country: String = "DE") async throws -> Reply {
        let command = ScheduleShipping {
            $0.orderID = order
            $0.userID = "ada"
            $0.lines = [ItemQuantity(productID: "p1", quantity: 1)]
            $0.address = PostalAddress {
                $0.name = "Ada"
                $0.line1 = "1 Analytical Way"
                $0.city = "London"
                $0.country = country
            }
        }
        let useCase = ScheduleParcel(world: world, outbox: outbox, dispatchDelay: .seconds(600))
        return try await reply { try useCase(command, cause: $1, at: $2, in: $0) }
    }

    func cancel(_ order: String) async throws -> Reply {
        let command = CancelShipping {
            $0.orderID = order
            $0.reason = "cancelled-by-customer"
        }
        let useCase = CancelParcel(outbox: outbox)
        return try await reply { try useCase(command, at: $2, in: $0) }
    }

    func dispatch(_ order: String) async throws -> Reply {
        let useCase = DispatchParcel(outbox: outbox, deliveryDelay: .seconds(1200))
        return try await reply {
            try useCase(DispatchDue(orderID: OrderID(unchecked: order)), cause: $1, at: $2, in: $0)
        }
    }

    func deliver(_ order: String) async throws -> Reply {
        try await reply { try DeliverParcel()(DeliveryDue(orderID: OrderID(unchecked: order)), at: $2, in: $0) }
    }

    /// The names of the timers that are set, in order.
    func timers() async throws -> [String] {
        try await database.read { transaction in
            try transaction.query("SELECT name FROM scheduled ORDER BY name") { $0.text(0) }
        }
    }

    func shipment(_ order: String) async throws -> Shipment? {
        let staff = Principal(id: "s", role: .support)
        return try await FindShipment(database: database)(of: OrderID(unchecked: order), for: staff).first
    }

    private func reply(
        _ body: @escaping @Sendable (Transaction, Cause, Timestamp) throws -> [Outgoing]
    ) async throws -> Reply {
        let (now, cause) = (world.now, Cause(CallContext.root(world, timeout: .seconds(5))))
        let messages = try await database.write { try body($0, cause, now) }
        guard let message = messages.first else { return .nothing }
        switch message.type {
        case ShippingScheduled.messageType:
            let event = try ShippingScheduled(messageBytes: message.data)
            return .scheduled(shipment: event.shipmentID, trackingCode: event.trackingCode)
        case ShippingFailed.messageType: return .failed(try ShippingFailed(messageBytes: message.data).reason)
        case ShippingCancelled.messageType:
            return .cancelled(shipment: try ShippingCancelled(messageBytes: message.data).shipmentID)
        case ShippingCancelRefused.messageType:
            return .cancelRefused(try ShippingCancelRefused(messageBytes: message.data).reason)
        case ShipmentDispatched.messageType: return .dispatched
        default: return .delivered
        }
    }
}
