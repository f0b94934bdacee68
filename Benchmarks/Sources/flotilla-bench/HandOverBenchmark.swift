import FlotillaCore
import FlotillaMessaging
import FlotillaObservability
import FlotillaStorage
import Synchronization

/// Messages sent durably by one service and handled durably by another, 1 KB each.
struct HandOverBenchmark {
    func run(into table: inout FigureTable) async throws {
        let rounds = [(1, 4_000, "Redis streams, fsync: 8,200/s published"), (64, 60_000, "58,000/s published")]
        for (inFlight, count, peer) in rounds {
            say("hand-over: \(count) messages, \(inFlight) in flight")
            let used = try await measure(inFlight: inFlight, count: count)
            table.add(
                "messages sent and handled, \(inFlight) in flight",
                "\(perSecond(count, used)), CPU per 1,000: \(cpuPerThousand(count, used))", aim: peer)
        }
    }

    private func measure(inFlight: Int, count: Int) async throws -> Usage {
        let folder = try ScratchFolder()
        let world = World.system()
        let interest = Interest(consumer: "reader", types: [Note.messageType])
        let broker = EmbeddedBroker(interests: [interest], time: world.time)
        let sending = try Database(path: folder.path + "/writer.sqlite", migrations: [Outbox.migrations], world: world)
        let reading = try Database(
            path: folder.path + "/reader.sqlite",
            migrations: [
                Outbox.migrations, Consumer.migrations,
                MigrationSet(
                    "notes",
                    steps: [.init("create", "CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID")]),
            ], world: world)
        let outbox = try await Outbox(producer: "writer", database: sending, world: world)
        let tally = Tally()
        reading.add(tally)
        let consumer = Consumer(
            interest: interest,
            handlers: [
                MessageHandler(Note.self) { transaction, _, delivery in
                    try transaction.execute("INSERT INTO notes (id) VALUES (?1)", delivery.message.id)
                    tally.note()
                    return []
                }
            ], database: reading,
            outbox: try await Outbox(producer: "reader", database: reading, world: world), broker: broker,
            world: world, telemetry: .silent(service: "reader", world: world))
        broker.attach(outbox)
        let start = Usage.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            group.addTask { try await outbox.run() }
            try await withThrowingTaskGroup(of: Void.self) { senders in
                for sender in 0..<inFlight {
                    senders.addTask {
                        for number in 0..<(count / inFlight) {
                            let note = try Outgoing(Note(), subject: "\(sender)-\(number)")
                            try await sending.write { transaction in
                                try outbox.append(
                                    [note], cause: Cause(traceparent: "", correlationID: "bench"), in: transaction)
                            }
                            if inFlight == 1 { await tally.reaches(number + 1) }
                        }
                    }
                }
                try await senders.waitForAll()
            }
            await tally.reaches(count / inFlight * inFlight)
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        let used = Usage.now().since(start)
        sending.close()
        reading.close()
        return used
    }
}

private struct Note: MessagePayload {
    static let messageType = "bench.writer.note.v1"
    private static let bytes = [UInt8](repeating: 1, count: 1_024)
    init() {}
    init(messageBytes: [UInt8]) {}
    func messageBytes() -> [UInt8] { Self.bytes }
}

/// Counts what was handled, once it is durable.
private final class Tally: CommitParticipant {
    private struct State {
        var pending = 0
        var done = 0
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    func note() { state.withLock { $0.pending += 1 } }
    func mark() -> Int { state.withLock { $0.pending } }
    func rollback(to mark: Int) { state.withLock { $0.pending = mark } }

    func committed() {
        let waiter = state.withLock { state in
            state.done += state.pending
            state.pending = 0
            guard let waiter = state.waiter, state.done >= waiter.count else {
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    func reaches(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.done >= count { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}
