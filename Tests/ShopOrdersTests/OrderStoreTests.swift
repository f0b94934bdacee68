internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaStorage
internal import FlotillaTesting
internal import ShopContracts
internal import Testing

@testable internal import ShopOrders

@Suite("The store of orders") struct OrderStoreTests {
    private static let at = Timestamp(seconds: 1_767_225_600)

    private struct Desk {
        let database: Database
        let store: OrderStore
        let watchers: OrderWatchers
        /// Goes with the last that holds it.
        private let folder: TemporaryFolder

        init(_ folder: TemporaryFolder, migrations: MigrationSet = OrderStore.migrations) throws {
            self.folder = folder
            database = try Database(
                path: folder.path(of: "orders.sqlite"), migrations: [EventStore.migrations, migrations],
                world: .manual(ManualTime(), seed: 1))
            watchers = OrderWatchers()
            database.add(watchers)
            store = OrderStore(watchers: watchers)
        }

        func place(_ id: OrderID) async throws {
            let order = PlacedOrder(
                id: id, userID: UserID(unchecked: "ada"), cartID: nil, lines: [],
                total: Money(amount: 100, currency: "USD"), address: PostalAddress(), placedAt: OrderStoreTests.at,
                region: "eu")
            try await database.write { [store] in try store.create(order, cause: "c", in: $0) }
        }

        @discardableResult
        func record(_ kinds: OrderEvent.Kind..., of id: OrderID) async throws -> Bool {
            try await database.write { [store] transaction in
                var found = false
                for kind in kinds {
                    found = try store.record(kind, of: id, at: OrderStoreTests.at, cause: "c", in: transaction)
                }
                return found
            }
        }

        /// The list's row beside what the events add up to: status and version of each.
        func both(_ id: OrderID) async throws -> (row: String, events: String) {
            try await database.read { transaction in
                let row = try transaction.first("SELECT status, version FROM orders WHERE id = ?1", id.text) {
                    "\($0.text(0)) \($0.int(1))"
                }
                let order = try store.order(id, in: transaction)
                let version = try EventStore().version(of: "order-\(id)", in: transaction)
                return (row ?? "none", "\(order?.status.rawValue ?? "") \(version)")
            }
        }
    }

    private let id = OrderID(unchecked: "o1")

    @Test("an event is recorded with the row beside it, several in one transaction as well")
    func record() async throws {
        let desk = try Desk(try TemporaryFolder())
        try await desk.place(id)
        #expect(try await desk.both(id) == ("created 1", "created 1"))
        try await desk.record(.paymentRequested, .paymentTokenReplaced(version: 1), of: id)
        #expect(try await desk.both(id) == ("awaitingPayment 3", "awaitingPayment 3"))
        try await desk.record(.paid(PaymentID(unchecked: "p")), .cancellationRequested(reason: "r"), of: id)
        try await desk.record(.cancellationRefused(reason: "late"), of: id)
        #expect(try await desk.both(id) == ("paid 6", "paid 6"))
        let history = try await desk.database.read { try desk.store.order(id, in: $0)?.history.last }
        #expect(history == Order.Change(status: .paid, at: Self.at, reason: "late"))
        #expect(try await desk.record(.completed, of: OrderID(unchecked: "other")) == false)
    }

    @Test("every event turns the row as it turns the order", arguments: [0, 1])
    func everyKind(start: Int) async throws {
        let desk = try Desk(try TemporaryFolder())
        let kinds: [OrderEvent.Kind] = [
            .paymentRequested, .paymentTokenReplaced(version: 1), .paid(PaymentID(unchecked: "p")),
            .shippingScheduled(ShipmentID(unchecked: "s"), trackingCode: "t"), .completed, .dispatched,
            .cancellationRequested(reason: "r"), .cancellationRefused(reason: "r"), .cancelled(reason: "r"),
            .refunded(reason: "r"),
        ]
        try await desk.place(id)
        for kind in start == 0 ? kinds : kinds.reversed() {
            try await desk.record(kind, of: id)
            let (row, events) = try await desk.both(id)
            #expect(row == events, "after \(kind)")
        }
    }

    @Test("what is taken back was never there, and those who share its commit lose nothing")
    func rolledBack() async throws {
        let desk = try Desk(try TemporaryFolder())
        let ids = (0..<20).map { OrderID(unchecked: "o\($0)") }
        for id in ids { try await desk.place(id) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<5 {
                for id in ids {
                    group.addTask { try await desk.record(.dispatched, of: id) }
                    group.addTask {
                        await #expect(throws: ServiceError.self) {
                            try await desk.database.write { transaction in
                                try desk.store.record(
                                    .cancelled(reason: "round \(round)"), of: id, at: Self.at, cause: "c",
                                    in: transaction)
                                throw ServiceError(.conflict, "not-so", "Taken back.")
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        for id in ids { #expect(try await desk.both(id) == ("created 6", "created 6")) }
    }

    @Test("who watches is told what was recorded, once it is durable, and nothing that was taken back")
    func watched() async throws {
        let desk = try Desk(try TemporaryFolder())
        try await desk.place(id)
        var changes = try desk.watchers.watch(id).makeAsyncIterator()
        await #expect(throws: ServiceError.self) {
            try await desk.database.write { transaction in
                try desk.store.record(.completed, of: id, at: Self.at, cause: "c", in: transaction)
                throw ServiceError(.conflict, "not-so", "Taken back.")
            }
        }
        try await desk.record(.paymentRequested, .dispatched, .cancellationRefused(reason: "late"), of: id)
        #expect(await changes.next() == Order.Change(status: .awaitingPayment, at: Self.at, reason: ""))
        #expect(await changes.next() == Order.Change(status: .awaitingPayment, at: Self.at, reason: "late"))
    }

    @Test("a row that disagrees with the events stops what would be recorded, and is not made worse")
    func damaged() async throws {
        let desk = try Desk(try TemporaryFolder())
        try await desk.place(id)
        try await desk.record(.paymentRequested, of: id)
        for version in [0, 1, 7] {
            try await desk.database.write { transaction in
                try transaction.execute("UPDATE orders SET version = ?1 WHERE id = 'o1'", version)
            }
            await #expect(throws: VersionConflict.self) { try await desk.record(.completed, of: id) }
            #expect(try await desk.both(id) == ("awaitingPayment \(version)", "awaitingPayment 2"))
        }
    }

    @Test("a database of an earlier version is brought up to date: rows get the versions of their streams")
    func migrated() async throws {
        let folder = try TemporaryFolder()
        let earlier = MigrationSet("orders", steps: [try #require(OrderStore.migrations.steps.first)])
        do {
            let old = try Desk(folder, migrations: earlier)
            try await old.database.write { transaction in
                for (id, versions) in [("o1", 3), ("o2", 1)] {
                    try transaction.execute(
                        """
                        INSERT INTO orders (id, user_id, status, total, currency, line_count, placed_at, updated_at)
                        VALUES (?1, 'ada', 'awaitingPayment', 1, 'USD', 1, 1, 1)
                        """, id)
                    let step = try OrderEventCoding().encode(OrderEvent(kind: .paymentRequested, at: Self.at))
                    try EventStore().append(
                        Array(repeating: step, count: versions), to: "order-\(id)", expected: 0, at: Self.at,
                        in: transaction)
                }
            }
            old.database.close()
        }
        let desk = try Desk(folder)
        #expect(try await desk.both(id) == ("awaitingPayment 3", "awaitingPayment 3"))
        try await desk.record(.paid(PaymentID(unchecked: "p")), of: id)
        try await desk.record(.completed, of: OrderID(unchecked: "o2"))
        #expect(try await desk.both(id) == ("paid 4", "paid 4"))
        #expect(try await desk.both(OrderID(unchecked: "o2")) == ("completed 2", "completed 2"))
        let regional = try await desk.database.read { transaction in
            try desk.store.list(.region("eu"), before: nil, limit: 10, in: transaction)
        }
        #expect(regional.isEmpty)
    }
}
