public import FlotillaCore
public import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaResilience
public import FlotillaRuntime
public import FlotillaStorage
internal import HTTPTypes
internal import Synchronization

/// One simulated world: the fleet on its machines, the network and the broker between them.
///
/// Scenarios act on it from outside, the fault injector from below. All of it runs on one thread, so between two
/// awaits nothing else happens.
public final class Lab: Sendable {
    private struct State {
        var fleet: Fleet?
        var stop: AsyncStream<Void>.Continuation?
        var isEnding = false
        /// Services whose process has died and goes on, where nothing keeps it from that.
        var undead: Set<String> = []
        /// The whole process has died.
        var isDead = false
        var checks = 0
        var violation: Violation?
    }

    /// The seed of the run.
    public let seed: UInt64
    public let scheduler: SimulationScheduler
    /// The true time, and randomness of the world outside: clients draw from it.
    public let world: World
    public let trace: SimulationTrace
    public let network: SimulatedNetwork
    /// Each service's machine, by its name.
    public let machines: [String: SimulatedMachine]
    /// In the map's order.
    public let services: [String]
    /// What each of several replicas runs on.
    public let seats: [Replica: SimulatedSeat]
    let broker: SimulatedBroker
    /// The services as the scenario has them, without any mutant.
    let original: FleetMap
    private let map: FleetMap
    let options: FleetOptions
    let isUnfenced: Bool
    let registries = Mutex<[PolicyRegistry]>([])
    private let state = Mutex(State())

    init(
        _ scenario: any Scenario, settings: Simulation.Settings, scheduler: SimulationScheduler, folder: String
    ) throws {
        let seed = settings.seed
        self.seed = seed
        self.scheduler = scheduler
        let trace = SimulationTrace(
            scheduler, keepsLines: settings.keepsStory, folder: folder, watch: settings.watch)
        self.trace = trace
        let time = SimulatedTime(scheduler)
        func ownWorld(_ name: String) -> World {
            World(time: time, random: SeededRandom(seed: StableSeed.make(seed, name)))
        }
        world = ownWorld("world")
        isUnfenced = settings.mutant?.isUnfenced ?? false
        let original = try scenario.map()
        self.original = original
        let mutant = settings.mutant
        let map = try mutant?.service.map { try FleetMap(original.services.map($0)) } ?? original
        self.map = map
        services = map.manifests.map(\.name)
        network = SimulatedNetwork(
            world: ownWorld("network"), isUnfenced: isUnfenced,
            crews: Dictionary(
                uniqueKeysWithValues: services.map { ($0, SimulatedCrew(seed: StableSeed.make(seed, "\($0) crew"))) }))
        let broker = SimulatedBroker(
            interests: map.interests, world: ownWorld("broker"), trace: trace, mischief: mutant?.broker,
            rests: scenario.rests)
        self.broker = broker
        var machines: [String: SimulatedMachine] = [:]
        var options = FleetOptions(
            dataFolder: folder, world: ownWorld("fleet"), sink: trace, level: trace.level,
            // Stories are told by the trace; nobody looks at spans.
            spans: SpanStore(capacity: 0))
        for name in services {
            let machine = SimulatedMachine(service: name, seed: seed, scheduler: scheduler)
            machine.disk.ignoresSyncs = mutant?.ignoresSyncs ?? false
            machine.disk.isUnfenced = isUnfenced
            machines[name] = machine
            options.machines[name] = FleetOptions.Machine(
                world: machine.world, database: Self.database(on: machine, mutant))
        }
        self.machines = machines
        options.broker = { _, _ in broker }
        options.link = network
        try scenario.prepare(&options)
        var seats: [Replica: SimulatedSeat] = [:]
        for (name, count) in scenario.replicas(seed: seed).sorted(by: { $0.key < $1.key }) where count > 1 {
            options.replicas[name] = count
            for number in 1...count {
                let seat = SimulatedSeat(Replica(name, number), seed: seed, scheduler: scheduler)
                seats[seat.replica] = seat
                options.seats[seat.replica] = FleetOptions.Seat(world: seat.world, executor: seat)
            }
        }
        self.seats = seats
        self.options = options
    }

    private static func database(on machine: SimulatedMachine, _ mutant: Mutant?) -> Database.Options {
        var options = machine.disk.options()
        // Small, so that a slow disk shows what a full queue does.
        options.queuedWritesMax = 16
        // Small too: a transaction is more pages, of which a crash may keep any; logs are merged in the midst of
        // faults; and there is less to copy and to sum up.
        options.pageBytes = 1_024
        options.checkpointPages = 500
        options.writer = .driven { await machine.takeTime() }
        if let rewrite = mutant?.statement { options.statements = { rewrite(machine.service, $0) } }
        return options
    }

    /// The fleet's present incarnation; nil while the whole process is down.
    public var fleet: Fleet? { state.withLock { $0.fleet } }

    /// What the fleet's services have published.
    public var published: PublishedMessages { broker.published }

    /// How often an invariant was checked.
    public var checkCount: Int { state.withLock { $0.checks } }

    /// The first invariant that broke; what comes after it, a run that does not end for one, may come of it.
    var violation: Violation? { state.withLock { $0.violation } }

    /// Whether every service runs.
    public var isServing: Bool { fleet?.isServing ?? false }

    /// Sends a request to a service as the gateway would, over the simulated network.
    ///
    /// - Returns: 503 when the service is away, 504 when the network lost the call.
    public func call(_ service: String, _ request: Request, from caller: String = "gateway") async -> Response {
        do {
            return try await network.carry(from: caller, to: service, method: request.path) {
                guard let responder = self.fleet?.responder(for: service) else {
                    throw ServiceError.unavailable(service)
                }
                return await responder.respond(to: request)
            }
        } catch let error as ServiceError where error.kind == .unavailable {
            return .text("\(service) is away\n", status: .serviceUnavailable)
        } catch {
            return .text("no answer\n", status: .gatewayTimeout)
        }
    }

    /// Reads a service's database as it is now.
    ///
    /// - Throws: ``ServiceAway`` while the service or its disk is not there; what `body` throws.
    public func read<Result>(_ service: String, _ body: (Transaction) throws -> Result) async throws -> Result {
        guard let instance = fleet?.instance(of: service), machines[service]?.disk.hasCrashed == false else {
            throw ServiceAway(service: service)
        }
        do {
            return try await instance.database.read(body)
        } catch let error as StorageError where error.code == .damaged || error.code == .closed {
            throw ServiceAway(service: service)
        }
    }

    /// Reads another file of a service's machine, which is a database nobody writes to meanwhile.
    public func read<Result>(
        file: String, of service: String, _ body: (Transaction) throws -> Result
    ) async throws -> Result {
        guard let machine = options.machines[service] else { throw ServiceAway(service: service) }
        let database = try Database(
            path: "\(options.dataFolder)/\(service)/\(file)", migrations: [], world: machine.world,
            options: machine.database)
        defer { database.close() }
        return try await database.read(body)
    }

    /// Checks the invariants of a moment, in their order.
    ///
    /// - Throws: the first ``Violation``.
    func check(_ invariants: [Invariant], _ moment: Invariant.Moment) async throws {
        for invariant in invariants where moment == .quiet || invariant.moment == .always {
            do {
                let problem = try await invariant.check(self)
                state.withLock { $0.checks += 1 }
                if let problem {
                    let violation = Violation(invariant: invariant.name, detail: problem, at: scheduler.uptime)
                    state.withLock { $0.violation = $0.violation ?? violation }
                    throw violation
                }
                if moment == .quiet { trace.note("simulation", "holds: \(invariant.name)") }
            } catch is ServiceAway where moment == .always {
                continue
            }
        }
    }

    // MARK: Processes

    /// Runs one incarnation of the fleet after another until ``end()``.
    func runFleets() async throws {
        try await withThrowingDiscardingTaskGroup { processes in
            while !state.withLock({ $0.isEnding }) {
                let fleet = Fleet(map, options: options)
                watch(fleet.policies)
                let (stop, stopSink) = AsyncStream.makeStream(of: Void.self)
                let (end, endSink) = AsyncStream.makeStream(of: Void.self)
                state.withLock { state in
                    state.fleet = fleet
                    state.stop = stopSink
                }
                processes.addTask {
                    await self.run(fleet, until: stop, endSink)
                    endSink.finish()
                }
                for await _ in end {}
                state.withLock { $0.fleet = nil }
                for name in services where machines[name]?.disk.hasCrashed == true { machines[name]?.disk.crash() }
                if Task.isCancelled { return }
                try await world.time.sleep(for: .milliseconds(100) + .seconds(3) * world.random.unit())
            }
        }
    }

    /// One incarnation of the fleet.
    ///
    /// - Parameter end: finished when the next one may begin although this one has not ended.
    private func run(
        _ fleet: Fleet, until stop: AsyncStream<Void>, _ end: AsyncStream<Void>.Continuation
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await fleet.run()
                } catch is CancellationError {
                    return
                } catch {
                    self.trace.note("fleet", "could not start: \(error)")
                }
                // A process that fails at its start is started again by whoever runs it.
                self.endFleet()
            }
            for await _ in stop {}
            if isUnfenced, takeDeath() {
                end.finish()
                // Cut short when the run ends.
                do { try await world.time.sleep(for: .seconds(20)) } catch {}
            }
            group.cancelAll()
        }
    }

    private func takeDeath() -> Bool {
        state.withLock { state in
            defer { state.isDead = false }
            return state.isDead
        }
    }

    /// Ends the present incarnation of the fleet in good order; the next one is started a little later.
    func endFleet() {
        goOn()
        state.withLock { $0.stop }?.finish()
    }

    /// No further incarnation is started; the present one ends.
    func end() {
        state.withLock { $0.isEnding = true }
        endFleet()
    }

    /// The process dies, and with it what no disk has.
    func crashAll() {
        for name in services { powerOff(name) }
        state.withLock { $0.isDead = true }
        endFleet()
    }

    /// The machine of one service loses its power; the service is away until ``start(_:)``.
    func crash(_ service: String) async {
        powerOff(service)
        if isUnfenced {
            state.withLock { _ = $0.undead.insert(service) }
        } else {
            await stop(service)
        }
        machines[service]?.disk.crash()
    }

    private func powerOff(_ service: String) {
        machines[service]?.disk.powerOff()
        network.died(service)
    }

    func stop(_ service: String) async {
        goOn(service)
        do { try await fleet?.stop(service) } catch { trace.note(service, "was gone already: \(error)") }
    }

    /// Longer than any fault keeps a service from starting.
    static let startMax = Duration.seconds(900)

    /// Starts a service again, as often as it takes.
    ///
    /// - Throws: ``Violation`` when it does not start whatever is tried: its data is damaged.
    func start(_ service: String) async throws {
        if state.withLock({ $0.undead.remove(service) != nil }) { await stop(service) }
        var pause = Duration.milliseconds(200)
        var reason = "nothing was tried"
        let end = scheduler.uptime + Self.startMax
        while let fleet, fleet.condition(of: service) != "running" {
            if machines[service]?.disk.hasCrashed == true { machines[service]?.disk.crash() }
            do {
                try await fleet.start(service)
            } catch {
                reason = "\(error)"
                trace.note(service, "could not start: \(reason)")
            }
            guard scheduler.uptime < end else {
                throw Violation(
                    invariant: "every service starts again", detail: "\(service) does not: \(reason)",
                    at: scheduler.uptime)
            }
            try await world.time.sleep(for: pause)
            pause = min(.seconds(5), pause * 2)
        }
    }

    /// Waits until the whole fleet serves, at the start of a run and after all of it crashed.
    ///
    /// - Throws: ``Violation`` when it does not come to that.
    func waitUntilServing() async throws {
        let end = scheduler.uptime + Self.startMax
        while !isServing {
            guard scheduler.uptime < end else {
                throw Violation(
                    invariant: "every service starts again", detail: "the fleet does not", at: scheduler.uptime)
            }
            try await world.time.sleep(for: .milliseconds(500))
        }
    }
}
