internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import FlotillaTesting
internal import Synchronization

/// A node with activities that are watched: what they do outside, and what they commit.
final class ActivityStage: Sendable {
    /// What happens outside, beyond any transaction.
    struct Outside: Sendable {
        var performed: [String] = []
        var underWay: [String: Int] = [:]
        var underWayMax: [String: Int] = [:]
        var failures: [String: Int] = [:]
        var errors: [String: any Error] = [:]
        var commitFailures: [String: Int] = [:]
        var isHeld = false
    }

    static let policy = RedeliveryPolicy(attemptsMax: 4, firstDelay: .seconds(1), delayMax: .seconds(60))

    let time: ManualTime
    let folder: TemporaryFolder
    let node: TestNode
    let activities: Activities
    private let outside: OutsideWorld

    private init(_ node: TestNode, _ activities: Activities, _ folder: TemporaryFolder, _ outside: OutsideWorld) {
        time = outside.time
        self.folder = folder
        self.node = node
        self.activities = activities
        self.outside = outside
    }

    /// - Parameters:
    ///   - names: of the activities, with how many of each may be under way.
    ///   - earlier: goes on with the data and the outside world of another stage, as a new incarnation.
    static func make(_ names: [(String, Int)] = [("work", 4)], after earlier: ActivityStage? = nil) async throws
        -> ActivityStage
    {
        let folder = try earlier?.folder ?? TemporaryFolder()
        let outside = earlier?.outside ?? OutsideWorld(time: ManualTime())
        let node = try await TestNode.open(
            "a", in: folder, time: outside.time, seed: earlier == nil ? 1 : SystemRandom().next())
        let activities = Activities(
            names.map { name, concurrency in outside.activity(name, concurrency) }, database: node.database,
            outbox: node.outbox, world: node.world, telemetry: node.telemetry)
        return ActivityStage(node, activities, folder, outside)
    }

    /// What was done outside so far, in order: the ID of each try.
    var performed: [String] { outside.state.withLock { $0.performed } }

    func underWay(_ name: String) -> Int { outside.state.withLock { $0.underWay[name] ?? 0 } }
    func underWayMax(_ name: String) -> Int { outside.state.withLock { $0.underWayMax[name] ?? 0 } }

    /// Doing that ID fails so often, with that error.
    func fail(_ id: String, times: Int, with error: any Error = HandlerFailed()) {
        outside.state.withLock { state in
            state.failures[id] = times
            state.errors[id] = error
        }
    }

    /// Committing that ID fails so often.
    func failCommit(_ id: String, times: Int) { outside.state.withLock { $0.commitFailures[id] = times } }

    /// From now on nothing that has begun gets done, or everything again.
    func hold(_ isHeld: Bool) { outside.state.withLock { $0.isHeld = isHeld } }

    /// Asks for activities, in one transaction.
    func start(_ ids: [String], _ name: String = "work") async throws {
        let cause = Cause(traceparent: "", correlationID: "correlation", saga: "checkout/1")
        try await node.database.write { [activities] transaction in
            for id in ids {
                try activities.start(
                    name, id: id, subject: id, input: Word(id), cause: cause, in: transaction)
            }
        }
    }

    /// What was committed, in order: `id done` or `id failed: reason`.
    func committed() async throws -> [String] { try await node.words() }
}

/// What activities do, and how it goes.
private final class OutsideWorld: Sendable {
    let time: ManualTime
    let state = Mutex(ActivityStage.Outside())

    init(time: ManualTime) { self.time = time }

    func activity(_ name: String, _ concurrencyMax: Int) -> Activity {
        Activity(
            name, concurrencyMax: concurrencyMax, policy: ActivityStage.policy,
            perform: { (word: Word, task, _) -> Word in try await self.perform(name, word, task) },
            commit: { transaction, _, task, result in try self.commit(transaction, task, result) })
    }

    private func perform(_ name: String, _ word: Word, _ task: ActivityTask) async throws -> Word {
        state.withLock { state in
            state.performed.append(task.id)
            state.underWay[name, default: 0] += 1
            state.underWayMax[name] = max(state.underWayMax[name] ?? 0, state.underWay[name] ?? 0)
        }
        defer { state.withLock { $0.underWay[name, default: 0] -= 1 } }
        while state.withLock({ $0.isHeld }) { try await time.sleep(for: .milliseconds(10)) }
        let error: (any Error)? = state.withLock { state in
            guard let left = state.failures[task.id], left > 0 else { return nil }
            state.failures[task.id] = left - 1
            return state.errors[task.id]
        }
        if let error { throw error }
        return Word("done")
    }

    private func commit(
        _ transaction: Transaction, _ task: ActivityTask, _ result: Result<Word, any Error>
    ) throws -> [Outgoing] {
        let text =
            switch result {
            case .success(let word): "\(task.id) \(word.text)"
            case .failure(let error): "\(task.id) failed: \(error)"
            }
        let message = Message(
            id: task.id, source: "a", type: TestNode.type, subject: task.subject, time: time.now,
            data: Array(text.utf8), traceparent: "", correlationID: "")
        try TestNode.note(
            Delivery(message: message, attempt: task.attempt, now: time.now), by: "commit", in: transaction)
        let fails = state.withLock { state in
            guard let left = state.commitFailures[task.id], left > 0 else { return false }
            state.commitFailures[task.id] = left - 1
            return true
        }
        if fails { throw HandlerFailed() }
        return [try Outgoing(Word(task.id), subject: task.subject)]
    }
}

/// A word as a payload.
struct Word: MessagePayload, Equatable {
    static let messageType = TestNode.type
    var text: String

    init(_ text: String) { self.text = text }
    init(messageBytes: [UInt8]) { text = String(decoding: messageBytes, as: UTF8.self) }
    func messageBytes() -> [UInt8] { Array(text.utf8) }
}
