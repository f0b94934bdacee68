internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage
internal import Synchronization

/// Keeps a replica's leases and does the work they stand for, for as long as they are held.
///
/// Every so often, in one transaction, it renews what it holds, takes what it should have and nobody holds, and sees
/// what it has lost (``Rota``). Work that is lost or handed over is cancelled and awaited before anybody here may take
/// it again, so that nothing that was decided under an old token is written under a new one.
final class LeaseKeeper: Sendable {
    /// Something that is to be done by one replica at a time.
    struct Piece: Sendable {
        let name: String
        /// Goes on until it is cancelled, or until a write of it throws ``LeaseLost``.
        let run: @Sendable () async -> Void
    }

    private struct Held {
        var lease: Lease
        var stop: AsyncStream<Void>.Continuation
        var isEnding = false
    }

    /// What a look at the table came to.
    private struct Look: Sendable {
        var taken: [Lease] = []
        var ending: [(piece: String, isLost: Bool)] = []
    }

    private let replica: Replica
    private let presence: Lease
    private let pieces: [String: Piece]
    private let rota: Rota
    private let database: Database
    private let world: World
    private let policy: LeasePolicy
    private let telemetry: Telemetry
    private let startedAt: Timestamp
    private let held = Mutex<[String: Held]>([:])

    /// - Parameter presence: the lease that says that the replica is there.
    init(
        _ replica: Replica, presence: Lease, pieces: [Piece], database: Database, world: World, policy: LeasePolicy,
        telemetry: Telemetry
    ) {
        self.replica = replica
        self.presence = presence
        self.pieces = Dictionary(uniqueKeysWithValues: pieces.map { ($0.name, $0) })
        rota = Rota(me: replica, pieces: pieces.map(\.name))
        self.database = database
        self.world = world
        self.policy = policy
        self.telemetry = telemetry
        startedAt = world.now
    }

    /// The names of the pieces this replica does now.
    var working: [String] { held.withLock { $0.keys.sorted() } }

    /// Until cancelled; what it does then ends with it.
    ///
    /// - Throws: ``LeaseLost`` when a later incarnation of the replica is there; ``StorageError``.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let look = try await lookOrWait()
                for (piece, isLost) in look.ending { end(piece, isLost: isLost) }
                for lease in look.taken {
                    guard let piece = pieces[lease.name] else { continue }
                    let (stop, stopSink) = AsyncStream.makeStream(of: Void.self)
                    held.withLock { $0[lease.name] = Held(lease: lease, stop: stopSink) }
                    group.addTask { await self.work(piece, lease, until: stop) }
                }
                try await world.time.sleep(for: policy.renewEvery)
            }
        }
    }

    /// Gives everything back, so that others need not wait until it has run out.
    func giveBack() async throws {
        let (holder, now) = (replica.description, world.now)
        try await database.write { transaction in
            for entry in try LeaseTable.entries(in: transaction) where entry.lease.holder == holder {
                try LeaseTable.giveBack(entry.lease, now: now, in: transaction)
            }
        }
    }

    /// Fails when nobody does a piece of work that somebody should do.
    var healthCheck: HealthCheck {
        HealthCheck(name: "work", succeeding: { [self] in
            let entries = try await database.read { try LeaseTable.entries(in: $0) }
            guard world.now - startedAt > policy.duration + policy.renewEvery else { return }
            let forsaken = Rota.forsaken(rota.pieces, entries, now: world.now, grace: policy.duration)
            guard forsaken.isEmpty else {
                throw ServiceError(
                    .unavailable, "nobody-works",
                    "Nobody does \(forsaken.joined(separator: ", ")): no replica renews its lease. Start another.")
            }
        })
    }

    /// A database in trouble ends no work: the tokens keep it safe, and whoever can reach the table takes it over.
    private func lookOrWait() async throws -> Look {
        do {
            return try await look()
        } catch let error as StorageError where error.code != .closed {
            telemetry.log(
                .warning, "leases could not be renewed; it is tried again", nil, error: error,
                ["replica": replica.description])
            return Look()
        }
    }

    private func look() async throws -> Look {
        // What is ending is neither renewed nor taken again until it has ended.
        let (mine, ending) = held.withLock { held in
            (held.filter { !$0.value.isEnding }.mapValues(\.lease), Set(held.filter(\.value.isEnding).keys))
        }
        let (now, presence, rota, policy) = (world.now, presence, rota, policy)
        let holder = replica.description
        return try await database.write { transaction in
            let expires = now + policy.duration
            guard try LeaseTable.renew(presence, until: expires, in: transaction) else {
                throw LeaseLost(lease: presence)
            }
            var look = Look()
            let entries = try LeaseTable.entries(in: transaction)
            for (piece, move) in rota.moves(entries, held: Set(mine.keys), now: now) where !ending.contains(piece) {
                switch move {
                case .renew:
                    guard let lease = mine[piece], try LeaseTable.renew(lease, until: expires, in: transaction) else {
                        look.ending.append((piece, isLost: true))
                        continue
                    }
                case .take:
                    let lease = try LeaseTable.acquire(
                        piece, for: holder, lasting: policy.duration, now: now, in: transaction)
                    if let lease { look.taken.append(lease) }
                case .handOver: look.ending.append((piece, isLost: false))
                case .nothing: break
                }
            }
            return look
        }
    }

    private func end(_ piece: String, isLost: Bool) {
        if isLost {
            telemetry.log(
                .warning, "the lease of a piece of work was lost: another replica does it", nil,
                ["replica": replica.description, "piece": piece])
        }
        let stop = held.withLock { held in
            held[piece]?.isEnding = true
            return held[piece]?.stop
        }
        stop?.finish()
    }

    private func work(_ piece: Piece, _ lease: Lease, until stop: AsyncStream<Void>) async {
        telemetry.log(
            .info, "a replica takes up a piece of work", nil,
            ["replica": replica.description, "piece": piece.name, "token": String(lease.token)])
        await withDiscardingTaskGroup { group in
            group.addTask { [database] in await database.working(under: lease) { await piece.run() } }
            for await _ in stop {}
            group.cancelAll()
        }
        do {
            // Without effect when it was lost.
            let now = world.now
            try await database.write { try LeaseTable.giveBack(lease, now: now, in: $0) }
        } catch {
            // It runs out by itself.
            telemetry.log(.info, "a lease was not given back", nil, error: error, ["piece": piece.name])
        }
        held.withLock { _ = $0.removeValue(forKey: piece.name) }
    }
}
