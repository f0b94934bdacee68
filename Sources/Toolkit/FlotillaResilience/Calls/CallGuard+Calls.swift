public import FlotillaCore

extension CallGuard {
    /// Makes a call whose attempts end in time by themselves.
    ///
    /// The body runs on the caller's task, with nothing that would stop it. Stopping it takes a task of its own, as a
    /// task that was cancelled stays so; the cheapest of those measured (`async let`, a group's `addTask`, one that
    /// starts immediately) takes 0.5 µs and an alarm 0.3 µs, against 0.2 µs for all else. Other resilience libraries
    /// time out like this, too: they hand out a token and trust. It is not hedged either.
    ///
    /// - Parameters:
    ///   - isIdempotent: whether it may be made twice; if not, it is attempted once. A call with a key by which the
    ///     callee knows it again may.
    ///   - body: one attempt. It must have ended by the deadline of its context, at best with an error of the kind
    ///     `timeout`, and soon after its cancellation. An answer that comes later is an answer all the same.
    /// - Throws: what the last attempt threw; `timeout` when no time is left; `circuit-open`, `bulkhead-full` or
    ///   `limit-reached` (unavailable) when no attempt was made; `CancellationError`.
    public nonisolated(nonsending) func runCooperative<T>(
        _ context: CallContext, isIdempotent: Bool = true, _ body: (CallContext) async throws -> T
    ) async throws -> T {
        let now = time.uptime
        guard let permit = beginAtOnce(before: context.deadline, now: now) else {
            return try await runInTurn(context, isIdempotent, body)
        }
        return try await attempt(context, permit, isIdempotent, body)
    }

    /// A call that does not begin at once.
    private nonisolated(nonsending) func runInTurn<T>(
        _ context: CallContext, _ isIdempotent: Bool, _ body: (CallContext) async throws -> T
    ) async throws -> T {
        try await attempt(context, try await begin(context), isIdempotent, body)
    }

    /// The attempts of a call, of which the first is the last if it succeeds.
    private nonisolated(nonsending) func attempt<T>(
        _ context: CallContext, _ permit: CallPermit, _ isIdempotent: Bool, _ body: (CallContext) async throws -> T
    ) async throws -> T {
        do {
            var inner = context
            inner.deadline = permit.deadline
            let value = try await body(inner)
            succeeded(permit)
            permit.leaveRoom()
            return value
        } catch {
            return try await attemptAgain(context, permit, isIdempotent, after: error) { context, permit in
                var inner = context
                inner.deadline = permit.deadline
                return try await body(inner)
            }
        }
    }

    /// Makes a call, and answers from `fallback` when the callee cannot: it failed, was too late or was not asked.
    ///
    /// The caller's own faults and its cancellation are thrown as ever.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (CallContext) async throws -> T,
        fallback: (any Error) async throws -> T
    ) async throws -> T {
        do {
            return try await run(context, isIdempotent: isIdempotent, body)
        } catch {
            guard CallOutcome(of: error) == .failure, !Task.isCancelled else { throw error }
            report(.fellBack(slug: slug(of: error)), context)
            return try await fallback(error)
        }
    }

    /// Leave for the first attempt of a call, after waiting for room and for its turn if need be.
    nonisolated(nonsending) func begin(_ context: CallContext) async throws -> CallPermit {
        let now = time.uptime
        let entry = change { $0.beginCall(before: context.deadline, now: now, mayWait: true) }
        let permit =
            if case .admitted(let permit) = entry { permit } else { try await waitForRoom(after: entry, context) }
        do {
            try await waitForTurn(permit)
        } catch {
            permit.leaveRoom()
            throw error
        }
        return permit
    }

    /// Waits until an attempt may begin that came before its turn. One that gives up waiting has ended, and its turn is
    /// lost.
    private nonisolated(nonsending) func waitForTurn(_ permit: CallPermit) async throws {
        let wait = permit.started - time.uptime
        guard wait > .zero else { return }
        do {
            try await time.sleep(for: wait)
        } catch {
            end(permit, .abandoned, error, time.uptime)
            note(.abandoned)
            throw error
        }
    }

    /// All that comes after a first attempt that failed.
    ///
    /// - Parameter isTold: whether the attempts themselves tell breaker and counts how they end.
    nonisolated(nonsending) func attemptAgain<T>(
        _ context: CallContext, _ first: CallPermit, _ isIdempotent: Bool, after error: any Error,
        isTold: Bool = false, _ body: (CallContext, CallPermit) async throws -> T
    ) async throws -> T {
        defer { first.leaveRoom() }
        var retry = RetryMachine(policy.retry, isIdempotent: isIdempotent)
        var (permit, caught) = (first, error)
        while true {
            let wait = try failed(permit, caught, isTold, &retry, context)
            do {
                try await time.sleep(for: wait)
            } catch {
                note(.abandoned)
                throw error
            }
            permit = try beginAgain(permit, context, after: caught)
            try await waitForTurn(permit)
            do {
                let value = try await body(context, permit)
                if isTold { noteSuccess() } else { succeeded(permit) }
                return value
            } catch {
                caught = error
            }
        }
    }

    /// Counts an attempt that succeeded, and with it the call.
    func succeeded(_ permit: CallPermit) {
        if !isCalm(permit) {
            let now = time.uptime
            change { $0.endAttempt(permit, .success, isTimeout: false, now: now) }
        }
        noteSuccess()
    }

    /// Counts an attempt that failed.
    ///
    /// - Returns: how long to wait before the next one.
    /// - Throws: `error`, when there is no further attempt.
    private func failed(
        _ permit: CallPermit, _ error: any Error, _ isTold: Bool, _ retry: inout RetryMachine, _ context: CallContext
    ) throws -> Duration {
        let outcome = Task.isCancelled ? CallOutcome.abandoned : CallOutcome(of: error)
        let now = time.uptime
        if !isTold { end(permit, outcome, error, now) }
        guard outcome != .abandoned else {
            note(outcome)
            throw error
        }
        let chance = world.random.unit()
        let decision = change { state in
            retry.afterFailure(
                error, remaining: context.deadline.uptime - now - state.policy.minimumTime, chance: chance,
                takeBudget: { state.takeRetry(now: now) })
        }
        switch decision {
        case .retry(let wait):
            report(.retrying(attempt: retry.failures, slug: slug(of: error), wait: wait), context)
            return wait
        case .giveUp(let reason):
            report(.failed(attempt: retry.failures, slug: slug(of: error), outcome: outcome, because: reason), context)
            note(outcome)
            throw error
        }
    }

    /// Tells breaker and counts of an attempt that did not succeed.
    func end(_ permit: CallPermit, _ outcome: CallOutcome, _ error: any Error, _ now: Duration) {
        let isTimeout = (error as? any DescribedError)?.kind == .timeout
        change { $0.endAttempt(permit, outcome, isTimeout: isTimeout, now: now) }
    }

    /// Leave for a further attempt. A refusal ends the call with what the last one threw.
    private func beginAgain(
        _ permit: CallPermit, _ context: CallContext, after error: any Error
    ) throws -> CallPermit {
        let now = time.uptime
        let entry = change {
            $0.beginAttempt(before: context.deadline, now: now, room: permit.room, isFirst: false)
        }
        switch entry {
        case .admitted(let next): return next
        case .refused(let reason, _): report(.refused(reason), context)
        case .noRoom: break
        }
        note(CallOutcome(of: error))
        throw error
    }

    /// For a call that was not admitted at once: waits, where waiting is what it takes.
    nonisolated(nonsending) func waitForRoom(
        after entry: GuardState.Entry, _ context: CallContext
    ) async throws -> CallPermit {
        if case .refused(let reason, let retryAfter) = entry { throw refused(reason, retryAfter, context) }
        guard let room = read({ $0.room }) else { return try afterWaiting(nil, context) }
        switch await room.waitForRoom(before: context.deadline) {
        case .entered: return try afterWaiting(room, context)
        case .refused, .tooLong:
            change { $0.ends.refused += 1 }
            report(.refused(.bulkhead), context)
            throw ServiceError.bulkheadFull(target)
        case .cancelled:
            note(.abandoned)
            throw CancellationError()
        }
    }

    private func afterWaiting(_ room: Bulkhead?, _ context: CallContext) throws -> CallPermit {
        let now = time.uptime
        let place = room.map { Unmanaged.passUnretained($0) }
        let entry = change { $0.beginAttempt(before: context.deadline, now: now, room: place, isFirst: true) }
        if case .admitted(let permit) = entry { return permit }
        room?.leave()
        guard case .refused(let reason, let retryAfter) = entry else { throw ServiceError.bulkheadFull(target) }
        throw refused(reason, retryAfter, context)
    }

    /// The error of a call that was not made, after telling of it.
    func refused(
        _ reason: GuardEvent.Refusal, _ retryAfter: Duration, _ context: CallContext?
    ) -> ServiceError {
        report(.refused(reason), context)
        return switch reason {
        case .deadline: ServiceError.timeout(target)
        case .breaker: ServiceError.circuitOpen(target, retryAfter)
        case .bulkhead: ServiceError.bulkheadFull(target)
        case .limiter: ServiceError.limitReached(target, policy: policy.name, retryAfter)
        case .noInstance: ServiceError.noInstance(of: target)
        }
    }

    func note(_ outcome: CallOutcome) { change { $0.ends.add(outcome) } }

    func slug(of error: any Error) -> String { (error as? any DescribedError)?.slug ?? "undescribed" }
}

extension ServiceError {
    /// The policy allows no more attempts at `target` for so long.
    static func limitReached(_ target: String, policy: String, _ retryAfter: Duration) -> ServiceError {
        ServiceError(
            .unavailable, "limit-reached",
            "\(target) is temporarily unavailable: more calls to it than the limit of the policy '\(policy)' allows. "
                + "Try again shortly.", retryAfter: retryAfter)
    }
}
