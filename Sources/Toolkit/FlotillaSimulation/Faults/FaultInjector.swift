internal import FlotillaCore
internal import Synchronization

/// Lets things go wrong at random, by a plan, and puts everything right again at the end.
final class FaultInjector: Sendable {
    static let actor = "fault"

    private struct State {
        var counts: [FaultKind: Int] = [:]
        /// Services something is being done to: a second crash waits its turn.
        var busy: Set<String> = []
        var isWholeFleetBusy = false
    }

    let lab: Lab
    private let plan: FaultPlan
    let random: SeededRandom
    private let state = Mutex(State())

    init(_ lab: Lab, plan: FaultPlan) {
        self.lab = lab
        self.plan = plan
        random = SeededRandom(seed: StableSeed.make(lab.seed, "faults"))
    }

    /// How often each kind happened, those of single calls and deliveries included.
    var counts: [FaultKind: Int] {
        var counts = state.withLock { $0.counts }.merging(lab.network.counts, uniquingKeysWith: +)
        if lab.broker.redeliveryCount > 0 { counts[.redelivery, default: 0] += lab.broker.redeliveryCount }
        return counts
    }

    /// Lets faults happen until `end`, in the scheduler's uptime. Those under way are undone when it returns.
    func run(until end: Duration) async throws {
        guard let pause = plan.meanPause else { return }
        let table = plan.table
        let total = table.map(\.weight).reduce(0, +)
        guard total > 0 else { return }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { [plan] in
                try await self.runReplicas(until: end, every: plan.replicaPause, atMost: plan.durationMax * 2)
            }
            if let pause = plan.busyPause {
                group.addTask { [plan] in
                    try await self.runCrews(until: end, every: pause, atMost: plan.durationMax)
                }
            }
            while lab.scheduler.uptime < end {
                try await lab.world.time.sleep(for: min(pause * 2 * random.unit(), end - lab.scheduler.uptime))
                var draw = random.int(in: 0...(total - 1))
                for (kind, weight) in table {
                    draw -= weight
                    guard draw < 0 else { continue }
                    let lasts = plan.durationMax * random.unit()
                    let service = lab.services[random.int(in: 0...(lab.services.count - 1))]
                    let other = lab.services[random.int(in: 0...(lab.services.count - 1))]
                    group.addTask { try await self.inject(kind, service, other, lasts) }
                    break
                }
            }
        }
    }

    /// Everything works again, and every service runs.
    func heal() async throws {
        lab.network.conditions = SimulatedNetwork.Conditions()
        lab.broker.conditions = SimulatedBroker.Conditions()
        lab.goOn()
        for crew in lab.network.crews.values { crew.slowness = 1 }
        for seat in lab.seats.values { seat.time.skew = .zero }
        for service in lab.services {
            guard let machine = lab.machines[service] else { continue }
            machine.disk.clearFaults()
            machine.time.skew = .zero
            machine.pace.delayMax = .milliseconds(1)
            try await lab.start(service)
        }
    }

    private func inject(_ kind: FaultKind, _ service: String, _ other: String, _ lasts: Duration) async throws {
        switch kind {
        case .crash, .crashMidCommit, .crashAll, .rollingRestart:
            try await injectCrash(kind, service, downFor: lasts)
        case .partition, .oneWayPartition, .slowNetwork, .lossyNetwork:
            try await injectNetwork(kind, service, other, lasts)
        case .brokerRestart, .slowBroker, .redelivery:
            try await injectBroker(kind, lasts)
        case .diskFull, .diskError, .slowDisk, .clockSkew:
            try await injectMachine(kind, service, lasts)
        case .requestLost, .requestDoubled, .answerLost:
            break  // They happen to single calls while the network is lossy.
        case .replicaCrash, .replicaStall, .replicaRestart, .replicaClockSkew, .busyService:
            break  // They have a rhythm of their own; the former where there are replicas.
        }
    }

    func note(_ kind: FaultKind, _ text: String) {
        state.withLock { $0.counts[kind, default: 0] += 1 }
        lab.trace.note(Self.actor, "\(kind.rawValue): \(text)")
    }

    /// - Returns: false when something is being done to the service already.
    func occupy(_ service: String) -> Bool {
        state.withLock { state in
            guard !state.isWholeFleetBusy else { return false }
            return state.busy.insert(service).inserted
        }
    }

    func release(_ service: String) { state.withLock { _ = $0.busy.remove(service) } }

    /// - Returns: false when something is being done to any service already.
    func occupyAll() -> Bool {
        state.withLock { state in
            guard !state.isWholeFleetBusy, state.busy.isEmpty else { return false }
            state.isWholeFleetBusy = true
            return true
        }
    }

    func releaseAll() { state.withLock { $0.isWholeFleetBusy = false } }
}
