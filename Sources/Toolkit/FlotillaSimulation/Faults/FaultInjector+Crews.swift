internal import FlotillaCore

/// Services that have much less room for a while: their queues fill, and what protects their callers has something to
/// do.
extension FaultInjector {
    /// They draw from numbers of their own, so that other faults are the same as ever.
    func runCrews(until end: Duration, every pause: Duration, atMost durationMax: Duration) async throws {
        let random = SeededRandom(seed: StableSeed.make(lab.seed, "busy services"))
        while lab.scheduler.uptime < end {
            try await lab.world.time.sleep(for: min(pause * 2 * random.unit(), end - lab.scheduler.uptime))
            let service = lab.services[random.int(in: 0...(lab.services.count - 1))]
            let slowness = Double(random.int(in: 200...2_000))
            let lasts = durationMax * random.unit()
            guard lab.scheduler.uptime < end, let crew = lab.network.crews[service] else { continue }
            note(.busyService, "\(service), \(crew.work * slowness) for a call")
            crew.slowness = slowness
            try await lab.world.time.sleep(for: lasts)
            crew.slowness = 1
            lab.trace.note(Self.actor, "\(service) is quick again")
        }
    }
}
