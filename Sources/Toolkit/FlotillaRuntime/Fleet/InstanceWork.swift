internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaSagas
internal import FlotillaStorage

/// What an instance does of its own accord: by itself all of it, among replicas each piece under its lease.
struct InstanceWork: Sendable {
    let outbox: Outbox
    let consumer: Consumer?
    let sagas: SagaEngine?
    let jobs: [Job]
    let telemetry: Telemetry

    private var world: World { telemetry.world }

    /// In an order that is the same in every replica.
    var pieces: [LeaseKeeper.Piece] {
        var pieces = [piece("outbox") { try await outbox.run() }]
        if let consumer { pieces.append(piece("consumer") { try await consumer.run() }) }
        if let sagas { pieces.append(piece("sagas") { try await sagas.run() }) }
        for job in jobs { pieces.append(piece("job \(job.name)") { try await repeating(job) }) }
        return pieces
    }

    /// Starts `body` again after a pause when it fails, until it ends or the task is cancelled.
    func supervise(_ part: String, _ body: @Sendable () async throws -> Void) async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                try await body()
                return
            } catch is LeaseLost {
                // Somebody else does it by now.
                return
            } catch {
                if Task.isCancelled { return }
                telemetry.log(
                    .error, "a part of the service failed and is started again", nil, error: error, ["part": part])
                do { try await world.time.sleep(for: pause) } catch { return }
                pause = min(.seconds(30), pause * 2)
            }
        }
    }

    private func piece(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> LeaseKeeper.Piece {
        LeaseKeeper.Piece(name: name) { await supervise(name, body) }
    }

    private func repeating(_ job: Job) async throws {
        while !Task.isCancelled {
            try await world.time.sleep(for: job.interval)
            try await telemetry.span("job \(job.name)", .root(world, timeout: job.interval)) { try await job.run($0) }
        }
    }
}
