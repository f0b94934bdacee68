internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaSecurity
internal import Synchronization

/// Keeps the key set by which a fleet checks tokens: as it was published last, over restarts, for a bounded time.
///
/// Whoever checks tokens asks here; here the service is asked, through the guard of `fleet → users`. When it cannot be
/// asked the last set is used, from memory or from the data folder, and ``run(_:)`` asks again in the background with
/// growing pauses, so that nobody's request waits for a service that is away. Safe to share between tasks.
final class KeyKeeper: Sendable {
    /// Asks the service, through the guard.
    typealias Ask = @Sendable (CallGuard, CallContext) async throws -> [UInt8]

    static let pauses = Backoff(first: .seconds(1), factor: 2, longest: .seconds(60), jitter: .none)
    /// Where the fleet's own policies say nothing else: no repetitions, for whoever has the last set does not wait.
    private static let policy = CallPolicy(
        name: "keys", timeout: .seconds(1), retry: nil,
        breaker: BreakerPolicy(trip: .consecutive(failures: 5), openFor: .seconds(1), trials: 1))
    /// However often the guard repeats, it must be done by then.
    private static let timeout = Duration.seconds(5)
    /// A set that has not changed is noted again this often, so that its age on disk stays true.
    private static let noteEvery = Duration.seconds(600)

    private struct State {
        var kept: KeptKeys?
        var isRead = false
        /// Whether the last time that the service was asked there was no answer.
        var isAway = false
        var writtenAt: Timestamp?
    }

    private let identity: FleetOptions.Identity
    private let path: String
    private let guardian: CallGuard
    private let telemetry: Telemetry
    private let state = Mutex(State())
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    init(_ identity: FleetOptions.Identity, options: FleetOptions, policies: PolicyRegistry) {
        self.identity = identity
        path = "\(options.dataFolder)/token-keys"
        guardian = policies.callGuard(from: Fleet.caller, to: identity.service, standard: Self.policy)
        telemetry = Telemetry(service: Fleet.caller, world: options.world, sink: options.sink, level: options.level)
        (wishes, wish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The key set, as the service publishes it now or as it did last.
    ///
    /// - Parameter isUrgent: whether the service must be asked in any case, since the last set does not do.
    /// - Throws: what `ask` throws, when nothing was kept or what was kept is too old; `CancellationError`.
    func keys(isUrgent: Bool, _ ask: Ask) async throws -> IssuedKeys {
        // The background is on it already.
        if !isUrgent, state.withLock({ $0.isAway }), let kept = usable() { return kept }
        do {
            return IssuedKeys(json: try await refresh(ask))
        } catch let error as CancellationError {
            throw error
        } catch {
            guard let kept = usable() else { throw error }
            wish.yield()
            return kept
        }
    }

    /// Asks again, while the service cannot be asked and somebody was given what was kept, until the task is cancelled.
    func run(_ ask: Ask) async {
        for await _ in wishes {
            var failures = 0
            while state.withLock({ $0.isAway }) {
                failures += 1
                do {
                    try await telemetry.world.time.sleep(for: Self.pauses.wait(afterFailure: failures, chance: 0))
                    _ = try await refresh(ask)
                } catch is CancellationError {
                    return
                } catch {
                    continue
                }
            }
        }
    }

    private func refresh(_ ask: Ask) async throws -> [UInt8] {
        do {
            let context = CallContext.root(telemetry.world, timeout: Self.timeout)
            let json = try await ask(guardian, context)
            note(try await KeptKeys(json: json, issuer: identity.issuer, confirmedAt: telemetry.world.now))
            return json
        } catch let error as CancellationError {
            throw error
        } catch {
            let isNews = state.withLock { state in
                defer { state.isAway = true }
                return !state.isAway
            }
            if isNews {
                telemetry.log(
                    .warning, "the keys that tokens are checked with cannot be asked for", nil, error: error, [
                        "service": identity.service, "kept": usable() == nil ? "none" : "the last ones",
                    ])
            }
            throw error
        }
    }

    private func note(_ new: KeptKeys) {
        let (wasAway, isDue) = state.withLock { state in
            let isDue = state.writtenAt.map { new.confirmedAt - $0 >= Self.noteEvery } ?? true
            let hasChanged = state.kept?.json != new.json
            let wasAway = state.isAway
            (state.kept, state.isRead, state.isAway) = (new, true, false)
            if isDue || hasChanged { state.writtenAt = new.confirmedAt }
            return (wasAway, isDue || hasChanged)
        }
        if wasAway {
            telemetry.log(.info, "the keys that tokens are checked with are known anew", nil, [:])
        }
        guard isDue else { return }
        do {
            try new.write(to: path)
        } catch {
            telemetry.log(
                .warning, "the keys that tokens are checked with cannot be kept for the next start", nil, error: error,
                ["path": path])
        }
    }

    /// What was published last, when it is not too old.
    private func usable() -> IssuedKeys? {
        let now = telemetry.world.now
        let kept = state.withLock { state in
            if !state.isRead {
                state.isRead = true
                state.kept = read()
            }
            return state.kept
        }
        // A clock that was set back must not keep them for longer.
        guard let kept, kept.confirmedAt <= now, now - kept.confirmedAt < identity.keysKeptFor else { return nil }
        return IssuedKeys(json: kept.json, isCurrent: false)
    }

    private func read() -> KeptKeys? {
        do {
            return try KeptKeys.read(path, issuer: identity.issuer)
        } catch {
            telemetry.log(
                .warning, "the keys that were kept cannot be used", nil, error: error, ["path": path])
            return nil
        }
    }
}
