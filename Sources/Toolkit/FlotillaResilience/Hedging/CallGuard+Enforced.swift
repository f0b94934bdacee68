public import FlotillaCore

extension CallGuard {
    /// Makes a call whose attempts are cancelled when their time is up.
    ///
    /// - Parameters:
    ///   - isIdempotent: whether it may be made twice; if not, it is attempted once and never hedged. A call with a key
    ///     by which the callee knows it again may.
    ///   - body: one attempt. Its context has the deadline of the attempt; it must end soon after its cancellation.
    /// - Throws: what the last attempt threw; `timeout`; `circuit-open`, `bulkhead-full` or `limit-reached`
    ///   (unavailable) when no attempt was made; `CancellationError`.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async throws -> T {
        guard isIdempotent, read({ $0.policy.hedge != nil }) else {
            return try await runCooperative(context, isIdempotent: isIdempotent) { inner in
                try await withDeadline(inner, on: time, of: target, body)
            }
        }
        let permit = try await begin(context)
        do {
            let value = try await hedged(context, permit, body)
            noteSuccess()
            permit.leaveRoom()
            return value
        } catch {
            return try await attemptAgain(context, permit, isIdempotent, after: error, isTold: true) {
                try await self.hedged($0, $1, body)
            }
        }
    }

    /// One attempt, and others beside it while it takes long. The first success is the answer; when all fail, the last
    /// error is. The others are cancelled and awaited, so that nothing outlives the call. None may take longer than the
    /// first one's time. Breaker and counts are told of each.
    private nonisolated(nonsending) func hedged<T: Sendable>(
        _ context: CallContext, _ permit: CallPermit, _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async throws -> T {
        var context = context
        context.deadline = permit.deadline
        let (plan, round) = (read { $0.hedgePlan() }, context)
        return try await withThrowingTaskGroup(of: HedgeStep<T>.self) { group in
            defer { group.cancelAll() }
            var machine = HedgeMachine(extraMax: plan.extraMax)
            group.addTask { await self.hedgeAttempt(round, permit, body) }
            group.addTask { await self.delay(plan.delay) }
            while let step = try await group.next() {
                switch step {
                case .delayPassed:
                    guard machine.afterDelay() == .begin, let extra = beginHedge(round) else { continue }
                    machine.begun()
                    report(.hedged(attempt: machine.extra + 1, after: plan.delay * machine.extra), round)
                    group.addTask { await self.hedgeAttempt(round, extra, body) }
                    if machine.mayHedge { group.addTask { await self.delay(plan.delay) } }
                case .ended(let result):
                    switch machine.ended(isSuccess: result.isSuccess) {
                    case .answer, .fail: return try result.get()
                    case .wait, .begin: continue
                    }
                case .cancelled: continue
                }
            }
            throw CancellationError()
        }
    }

    private func beginHedge(_ round: CallContext) -> CallPermit? {
        let now = time.uptime
        return change { $0.beginHedge(before: round.deadline, now: now) }
    }

    private func hedgeAttempt<T: Sendable>(
        _ round: CallContext, _ permit: CallPermit, _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async -> HedgeStep<T> {
        do {
            let value = try await withDeadline(round, on: time, of: target, body)
            let now = time.uptime
            change { $0.endAttempt(permit, .success, isTimeout: false, now: now) }
            return .ended(.success(value))
        } catch {
            end(permit, Task.isCancelled ? .abandoned : CallOutcome(of: error), error, time.uptime)
            return .ended(.failure(error))
        }
    }

    private func delay<T>(_ delay: Duration) async -> HedgeStep<T> {
        do {
            try await time.sleep(for: delay)
            return .delayPassed
        } catch {
            return .cancelled
        }
    }
}

/// What can happen while attempts run beside one another.
private enum HedgeStep<T: Sendable>: Sendable {
    case delayPassed
    case ended(Result<T, any Error>)
    /// The delay was not needed to its end.
    case cancelled
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
