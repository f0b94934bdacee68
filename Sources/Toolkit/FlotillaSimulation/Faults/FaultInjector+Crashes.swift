internal import FlotillaCore

/// Processes that die and come back.
extension FaultInjector {
    func injectCrash(_ kind: FaultKind, _ service: String, downFor lasts: Duration) async throws {
        if kind == .crashAll || kind == .rollingRestart {
            guard occupyAll() else { return }
            defer { releaseAll() }
            if kind == .crashAll { try await crashAll() } else { try await restartAll() }
            return
        }
        guard occupy(service) else { return }
        defer { release(service) }
        if kind == .crashMidCommit {
            try await crashMidCommit(service)
        } else {
            note(kind, service)
            await lab.crash(service)
        }
        try await lab.world.time.sleep(for: lasts)
        try await lab.start(service)
        lab.trace.note(Self.actor, "\(service) is back")
    }

    /// The power fails in one of the next writes to the service's disk.
    private func crashMidCommit(_ service: String) async throws {
        guard let machine = lab.machines[service] else { return }
        machine.disk.crash(afterOperations: random.int(in: 1...12))
        await machine.powerFailure.wait(atMost: .seconds(10), on: lab.world.time)
        // For a moment, a process without a disk goes on in memory, as one does that is about to be killed.
        try await lab.world.time.sleep(for: .milliseconds(25) * random.unit())
        note(.crashMidCommit, service)
        await lab.crash(service)
    }

    private func crashAll() async throws {
        note(.crashAll, "every service")
        lab.crashAll()
        try await lab.waitUntilServing()
    }

    private func restartAll() async throws {
        note(.rollingRestart, "every service in turn")
        for service in lab.services {
            await lab.stop(service)
            try await lab.world.time.sleep(for: .seconds(2) * random.unit())
            try await lab.start(service)
        }
    }
}
