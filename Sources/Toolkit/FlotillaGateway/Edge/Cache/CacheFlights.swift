internal import FlotillaCore

/// Which answers are being fetched, and who waits for them (request coalescing). A value for one thread.
struct CacheFlights {
    /// More do not wait: each asks for itself.
    static let waitersMax = 1_000
    static let flightsMax = 4_096
    /// How long nobody waits for an answer of a kind that could not be kept.
    static let hintFor = Duration.seconds(10)
    private static let hintsCount = 512

    /// What is fetched: a key, by a route, for requests that look alike as far as is known.
    struct Subject: Sendable, Hashable {
        var key: CacheKey
        var scope: String
        var look: String
    }

    /// What one that wants an answer is to do.
    enum Turn: Sendable {
        /// To fetch it, and to say when it is there: ``end(_:_:)``.
        case lead(UInt64)
        /// To wait for the end of the stream.
        case wait(UInt64)
        /// To fetch it for itself.
        case alone
    }

    private struct Flight {
        var id: UInt64
        var waiters: [(id: UInt64, bell: AsyncStream<Never>.Continuation)] = []
    }

    private struct Hint {
        var place: UInt64 = 0
        var until: Duration = .zero
    }

    private var flights: [Subject: Flight] = [:]
    private var nextID: UInt64 = 0
    private var hints = [Hint](repeating: Hint(), count: hintsCount)

    /// How many wait.
    var waiting: Int { flights.values.reduce(0) { $0 + $1.waiters.count } }

    /// Takes a turn.
    ///
    /// - Parameter bell: finished when it is no use to wait any longer.
    mutating func join(_ subject: Subject, _ bell: AsyncStream<Never>.Continuation, _ now: Duration) -> Turn {
        let hint = hints[Self.place(subject)]
        if hint.until > now, hint.place == subject.key.place { return .alone }
        nextID += 1
        guard let flight = flights[subject] else {
            guard flights.count < Self.flightsMax else { return .alone }
            flights[subject] = Flight(id: nextID)
            return .lead(nextID)
        }
        guard flight.waiters.count < Self.waitersMax else { return .alone }
        flights[subject]?.waiters.append((nextID, bell))
        return .wait(nextID)
    }

    /// Whoever waited does so no longer.
    mutating func leave(_ subject: Subject, _ id: UInt64) {
        flights[subject]?.waiters.removeAll { $0.id == id }
    }

    /// The answer is there, or will not be.
    ///
    /// - Returns: the bells of those who wait, to be finished.
    mutating func end(_ subject: Subject, _ id: UInt64) -> [AsyncStream<Never>.Continuation] {
        guard let flight = flights[subject], flight.id == id else { return [] }
        flights[subject] = nil
        return flight.waiters.map(\.bell)
    }

    /// It is of no use to wait for such an answer: it is for one caller only.
    mutating func hint(_ subject: Subject, _ now: Duration) {
        hints[Self.place(subject)] = Hint(place: subject.key.place, until: now + Self.hintFor)
    }

    private static func place(_ subject: Subject) -> Int {
        Int(truncatingIfNeeded: (subject.key.place >> 8) ^ StableHash(subject.look).value) & (hintsCount - 1)
    }
}

/// The last changes by unsafe methods, so that no answer is kept that was asked for before one and came after it.
/// A value for one thread.
struct RecentChanges {
    private static let count = 64
    private var places = [UInt64](repeating: 0, count: count)
    /// How many there have been.
    private(set) var total = 0

    /// What that key is about has changed.
    mutating func note(_ key: CacheKey) {
        places[total % Self.count] = key.place
        total += 1
    }

    /// Whether what was asked for when there had been `total` changes may be of before a change.
    func mayHaveChanged(_ key: CacheKey, since total: Int) -> Bool {
        let new = self.total - total
        guard new <= Self.count else { return true }
        return (total..<self.total).contains { places[$0 % Self.count] == key.place }
    }
}
