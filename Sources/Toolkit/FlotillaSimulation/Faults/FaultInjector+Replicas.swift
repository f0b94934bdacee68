internal import FlotillaCore
internal import FlotillaRuntime

/// One of several replicas dies, stalls, or has a wrong clock, while the others go on.
extension FaultInjector {
    private static let kinds: [FaultKind] = [
        .replicaCrash, .replicaStall, .replicaStall, .replicaRestart, .replicaClockSkew,
    ]

    /// Lets faults of single replicas happen until `end`. They draw from numbers of their own, so that a world without
    /// replicas is the same as ever.
    func runReplicas(until end: Duration, every pause: Duration, atMost durationMax: Duration) async throws {
        let replicas = lab.replicas
        guard !replicas.isEmpty else { return }
        let random = SeededRandom(seed: StableSeed.make(lab.seed, "replica faults"))
        try await withThrowingDiscardingTaskGroup { group in
            while lab.scheduler.uptime < end {
                try await lab.world.time.sleep(for: min(pause * 2 * random.unit(), end - lab.scheduler.uptime))
                let kind = Self.kinds[random.int(in: 0...(Self.kinds.count - 1))]
                let replica = replicas[random.int(in: 0...(replicas.count - 1))]
                let lasts = durationMax * random.unit()
                let skew = Duration.milliseconds(random.int(in: -60_000...60_000))
                group.addTask { try await self.inject(kind, replica, lasts, skew) }
            }
        }
    }

    private func inject(_ kind: FaultKind, _ replica: Replica, _ lasts: Duration, _ skew: Duration) async throws {
        guard occupy(replica.service), let seat = lab.seats[replica] else { return }
        defer { release(replica.service) }
        note(kind, "\(replica)")
        switch kind {
        case .replicaCrash, .replicaRestart:
            if kind == .replicaCrash { await lab.kill(replica) } else { await lab.stop(replica) }
            try await lab.world.time.sleep(for: lasts)
            try await lab.start(replica.service)
        case .replicaStall:
            seat.stall()
            try await lab.world.time.sleep(for: lasts)
            seat.goOn()
        default:
            seat.time.skew = skew
            try await lab.world.time.sleep(for: lasts)
            seat.time.skew = .zero
        }
        lab.trace.note(Self.actor, "\(replica) is itself again")
    }
}
