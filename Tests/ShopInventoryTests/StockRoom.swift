internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaStorage
internal import FlotillaTesting
internal import ShopContracts

@testable internal import ShopInventory

/// Inventory's tables and use cases on a real file, without the service around them.
final class StockRoom: Sendable {
    let time = ManualTime()
    let world: World
    let database: Database
    let outbox: Outbox
    let events: StockEvents
    private let folder: TemporaryFolder

    init(stock: [String: Int] = [:], lowThreshold: Int = 0, seed: UInt64 = 7) async throws {
        world = .manual(time, seed: seed)
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.path(of: "inventory.sqlite"), migrations: [Outbox.migrations, InventorySchema.migrations],
            world: world)
        outbox = try await Outbox(producer: "inventory", database: database, world: world)
        events = StockEvents(lowThreshold: lowThreshold)
        let levels = stock.sorted { $0.key < $1.key }
            .map { OpeningStock(productID: ProductID(unchecked: $0.key), onHand: $0.value) }
        try await SeedStock(database: database, outbox: outbox, world: world, events: events)(levels, context)
    }

    var context: CallContext { .root(world, timeout: .seconds(5)) }

    /// What a command was answered with.
    enum Reply: Sendable, Hashable {
        case reserved([String: Int])
        case failed(reason: String, product: String)
        case committed
        case released
    }

    /// The reply and what was told about the stock besides.
    struct Answer: Sendable {
        var reply: Reply
        var messages: [Outgoing]

        var stockChanged: [StockChanged] { get throws { try messages.compactMap(Self.read) } }
        var stockLow: [StockLow] { get throws { try messages.compactMap(Self.read) } }

        private static func read<Payload: MessagePayload>(_ message: Outgoing) throws -> Payload? {
            message.type == Payload.messageType ? try Payload(messageBytes: message.data) : nil
        }
    }

    func reserve(_ order: String, _ lines: [(String, Int)]) async throws -> Answer {
        let command = ReserveItems {
            $0.orderID = order
            $0.lines = lines.map { ItemQuantity(productID: $0.0, quantity: $0.1) }
        }
        let (useCase, now) = (ReserveStock(events: events), world.now)
        return try Self.answer(try await database.write { try useCase(command, at: now, in: $0) })
    }

    func commit(_ order: String) async throws -> Answer {
        let now = world.now
        return try Self.answer(
            try await database.write { try CommitStock()(CommitItems { $0.orderID = order }, at: now, in: $0) })
    }

    func release(_ order: String) async throws -> Answer {
        let command = ReleaseItems {
            $0.orderID = order
            $0.reason = "payment-failed"
        }
        let (useCase, now) = (ReleaseStock(events: events), world.now)
        return try Self.answer(try await database.write { try useCase(command, at: now, in: $0) })
    }

    func count(_ product: String, onHand: Int) async throws -> ProductStock {
        try await CountStock(database: database, outbox: outbox, world: world, events: events)(
            ProductID(unchecked: product), onHand: onHand, context)
    }

    func stock(_ product: String) async throws -> ProductStock {
        try await FindStock(database: database)(ProductID(unchecked: product))
    }

    /// Pieces per product that the reservations of a state name, added up from their lines.
    func pieces(in state: Reservation.State) async throws -> [String: Int] {
        let rows = try await database.read { transaction in
            try transaction.query(
                """
                SELECT l.product_id, SUM(l.quantity) FROM reservation_lines AS l
                JOIN reservations AS r ON r.order_id = l.order_id WHERE r.state = ?1 GROUP BY l.product_id
                """, state.rawValue
            ) { ($0.text(0), $0.int(1)) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private static func answer(_ messages: [Outgoing]) throws -> Answer {
        let first = messages[0]
        let reply: Reply
        switch first.type {
        case ItemsReserved.messageType:
            let event = try ItemsReserved(messageBytes: first.data)
            reply = .reserved(Dictionary(uniqueKeysWithValues: event.lines.map { ($0.productID, Int($0.quantity)) }))
        case ReservationFailed.messageType:
            let event = try ReservationFailed(messageBytes: first.data)
            reply = .failed(reason: event.reason, product: event.productID)
        case ItemsCommitted.messageType: reply = .committed
        default: reply = .released
        }
        return Answer(reply: reply, messages: Array(messages.dropFirst()))
    }
}
