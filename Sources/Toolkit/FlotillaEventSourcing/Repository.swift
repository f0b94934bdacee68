public import FlotillaCore
public import FlotillaStorage

/// How an aggregate's events become records and back. Old shapes are upcast here: decode what was
/// written years ago into today's event.
public protocol EventCoding: Sendable {
    associatedtype Event: Sendable

    func encode(_ event: Event) throws -> EventRecord

    /// - Returns: nil for a shape that no longer means anything and is skipped.
    func decode(type: String, data: [UInt8]) throws -> Event?
}

/// An aggregate as it was loaded: its state and the version it stands for.
public struct Loaded<State: Aggregate>: Sendable {
    public var state: State
    public var version: Int
}

/// Loads aggregates from their streams and appends what they decide.
public struct Repository<State: Aggregate, Coding: EventCoding>: Sendable where Coding.Event == State.Event {
    private let store: EventStore
    private let coding: Coding
    private let prefix: String

    /// - Parameter prefix: begins the stream's name: `order-`.
    public init(_ state: State.Type = State.self, prefix: String, coding: Coding, store: EventStore = EventStore()) {
        self.store = store
        self.coding = coding
        self.prefix = prefix
    }

    /// The aggregate as it is, or as it was at `asOf`.
    ///
    /// - Returns: nil when nothing has happened to it (by then).
    public func load(_ id: String, asOf: Timestamp? = nil, in transaction: Transaction) throws -> Loaded<State>? {
        var loaded = Loaded(state: State(), version: 0)
        while true {
            let events = try store.read(
                prefix + id, after: loaded.version, asOf: asOf, limit: eventsAtATime, in: transaction)
            for event in events {
                if let event = try coding.decode(type: event.type, data: event.data) { loaded.state.apply(event) }
                loaded.version = event.version
            }
            guard events.count == eventsAtATime else { return loaded.version == 0 ? nil : loaded }
        }
    }

    /// Appends `events` and returns the aggregate with them applied.
    ///
    /// - Throws: ``VersionConflict``.
    @discardableResult
    public func append(
        _ events: [State.Event], to id: String, after loaded: Loaded<State>?, at now: Timestamp,
        cause: String = "", actor: String = "", in transaction: Transaction
    ) throws -> Loaded<State> {
        var state = loaded?.state ?? State()
        let version = try store.append(
            try events.map(coding.encode), to: prefix + id, expected: loaded?.version ?? 0, at: now, cause: cause,
            actor: actor, in: transaction)
        for event in events { state.apply(event) }
        return Loaded(state: state, version: version)
    }

    /// The first 10,000 events as they were recorded, for histories and audits.
    public func history(_ id: String, in transaction: Transaction) throws -> [StoredEvent] {
        try store.read(prefix + id, in: transaction)
    }
}

/// A stream may be longer than what should be in memory twice.
private let eventsAtATime = 1_000
