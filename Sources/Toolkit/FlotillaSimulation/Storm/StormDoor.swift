internal import FlotillaCore
internal import FlotillaResilience

/// The door of what is called in a storm: the toolkit's load shedder, or what a mutant made of it.
final class StormDoor: Sendable {
    private let shedder: LoadShedder
    private let policy: AdaptiveLimit
    private let mutant: StormMutant?
    private let time: any TimeSource

    init(_ policy: AdaptiveLimit, kinds: Int = 1, _ mutant: StormMutant?, _ world: World) {
        var policy = policy
        // What calls take without a queue is never measured anew.
        if mutant == .limitNeverForgets { policy.probeEvery = .seconds(3_600) }
        self.policy = policy
        self.mutant = mutant
        time = world.time
        shedder = LoadShedder(target: "callee", name: "storm", policy: policy, kinds: kinds, time: world.time)
    }

    var snapshot: LoadShedderSnapshot { shedder.snapshot() }

    func run(_ priority: CallPriority, kind: Int = 0, _ body: () async throws -> Void) async throws {
        switch mutant {
        case .noDoor: try await body()
        case .priorityIgnored: try await shedder.run(.critical, kind: kind, body)
        case .limitNeverGrows:
            var lowered = policy
            lowered.limitMax = max(policy.limitMin, min(policy.limitMax, shedder.snapshot().limit))
            lowered.limitStart = min(policy.limitStart, lowered.limitMax)
            shedder.adopt(lowered, name: "storm")
            try await shedder.run(priority, kind: kind, body)
        case .limitCountsRefusals:
            do {
                try await shedder.run(priority, kind: kind, body)
            } catch let error as ServiceError where error.slug == "overloaded" {
                let now = time.uptime
                shedder.change { $0.measure(AdaptiveLimiter.Permit(startedAt: now, kind: kind), .success, now) }
                throw error
            }
        case .permitsLeak: try await leak(priority, kind, body)
        default: try await shedder.run(priority, kind: kind, body)
        }
    }

    /// Whoever stops waiting takes the place away for ever.
    private func leak(_ priority: CallPriority, _ kind: Int, _ body: () async throws -> Void) async throws {
        let permit = try shedder.admit(priority, kind: kind)
        do {
            try await body()
            shedder.finish(permit, .success)
        } catch {
            if !Task.isCancelled { shedder.finish(permit, CallOutcome(of: error)) }
            throw error
        }
    }
}
