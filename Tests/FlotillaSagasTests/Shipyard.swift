internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSagas
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

/// One saga under test: the test plays its participants, command by command.
struct Shipyard {
    static let subject = "voyage-1"

    let bench: ServiceBench
    let saga: String

    /// Runs `body` with a saga that has just been started.
    static func run(_ body: (Shipyard) async throws -> Void) async throws {
        try await ServiceBench.run(VoyageService()) { bench in
            let definition = try VoyageService.definition()
            let instance = try bench.instance
            let engine = try #require(instance.sagas)
            let cause = Cause(CallContext.root(bench.world, timeout: .seconds(5)))
            let now = bench.world.now
            let saga = try await instance.database.write { transaction in
                try engine.start(
                    definition, subject: subject, state: Voyage(), cause: cause, now: now, in: transaction)
            }
            try await body(Shipyard(bench: bench, saga: saga))
        }
    }

    var record: SagaRecord {
        get async throws { try #require(try await bench.instance.sagas?.saga(saga)) }
    }

    /// Where each step stands, a letter a step, as in the database.
    var steps: String {
        get async throws { String(try await record.steps.map(\.rawValue)) }
    }

    /// Waits for the `number`th command of a type.
    @discardableResult
    func command(
        _ type: (some TextMessage).Type, number: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Message {
        // The clock stands still meanwhile: what has to come comes without its help.
        try await eventually("\(type) number \(number) was sent", sourceLocation: sourceLocation) {
            try await commands(type).count >= number
        }
        return try await commands(type)[number - 1]
    }

    func commands(_ type: (some TextMessage).Type) async throws -> [Message] {
        try await bench.received().filter { $0.type == type.messageType }
    }

    /// Answers a command, as the service it was sent to would.
    func answer(_ command: Message, _ reply: some TextMessage) async throws {
        try await bench.send(reply, subject: Self.subject, saga: command.saga)
    }

    func wait(for status: SagaRecord.Status, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("the saga was \(status)", sourceLocation: sourceLocation) {
            try await record.status == status
        }
    }

    /// Moves the clock on, second by second, until `condition` holds.
    func sail(until what: String, _ condition: () async throws -> Bool) async throws {
        try await bench.advance(until: what, step: .seconds(1), condition)
    }

    /// The lines its local step wrote.
    func logbook() async throws -> [String] {
        try await bench.instance.database.read { try $0.query("SELECT text FROM logbook ORDER BY line") { $0.text(0) } }
    }

    /// The commands sent so far, in order, as their short names: `load-cargo`.
    func sent() async throws -> [String] {
        try await bench.received().map { String($0.type.dropFirst(5).dropLast(3)) }
    }

    /// Answers everything with yes up to the command of the pivot.
    func prepare() async throws -> Message {
        try await answer(try await command(LoadCargo.self), CargoLoaded("tea"))
        try await answer(try await command(HireCrew.self), CrewHired())
        return try await command(SetSail.self)
    }
}
