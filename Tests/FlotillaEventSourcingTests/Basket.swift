internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaStorage
internal import FlotillaTesting

/// An aggregate to try things on: a number of fruits.
struct Basket: Aggregate, Equatable {
    enum Event: Sendable, Equatable {
        case filled(Int)
        case emptied
    }

    var count = 0
    var changes = 0

    init() {}

    mutating func apply(_ event: Event) {
        changes += 1
        switch event {
        case .filled(let number): count += number
        case .emptied: count = 0
        }
    }
}

/// Writes today's shapes, reads those of years ago as well.
struct BasketCoding: EventCoding {
    func encode(_ event: Basket.Event) -> EventRecord {
        switch event {
        case .filled(let number): EventRecord(type: "filled.v2", data: Array("\(number)".utf8))
        case .emptied: EventRecord(type: "emptied.v1", data: [])
        }
    }

    func decode(type: String, data: [UInt8]) throws -> Basket.Event? {
        switch type {
        // Once upon a time fruits came by the dozen.
        case "filled.v1": .filled(12 * (Int(String(decoding: data, as: UTF8.self)) ?? 0))
        case "filled.v2": .filled(Int(String(decoding: data, as: UTF8.self)) ?? 0)
        case "emptied.v1": .emptied
        // What was painted does not matter any more.
        case "painted.v1": nil
        default: throw ServiceError(.internal, "unknown-shape", "There is no shape \(type).")
        }
    }
}

/// A database with an event store in it.
struct StoreStage: Sendable {
    let time = ManualTime()
    let folder: TemporaryFolder
    let database: Database
    let store = EventStore()
    let baskets = Repository(Basket.self, prefix: "basket-", coding: BasketCoding())

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.path(of: "events.sqlite"), migrations: [EventStore.migrations], world: .manual(time))
    }

    /// Appends records of these types to a stream.
    @discardableResult
    func append(_ types: [String], to stream: String, expected: Int) async throws -> Int {
        let now = time.now
        return try await database.write { [store] transaction in
            try store.append(
                types.map { EventRecord(type: $0, data: Array($0.utf8)) }, to: stream, expected: expected, at: now,
                cause: "c", actor: "ada", in: transaction)
        }
    }

    func types(of stream: String) async throws -> [String] {
        try await database.read { try store.read(stream, in: $0).map(\.type) }
    }
}
