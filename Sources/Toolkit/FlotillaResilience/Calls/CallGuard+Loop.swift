public import FlotillaCore

extension CallGuard {
    /// Leave to make one attempt at once, for code that must not wait: an event loop, a callback.
    ///
    /// The same decisions as in the other forms, except that a full bulkhead, and a leaky bucket whose turn has not
    /// come, refuse instead of letting wait, and that repeating is up to the caller. What comes of the attempt must be
    /// given to ``record(_:_:now:)``.
    ///
    /// - Parameters:
    ///   - deadline: by when an answer is needed. That of the attempt stands in the permit; it is up to the caller.
    ///   - now: `TimeSource.uptime` of the guard's world, which an event loop has read already.
    /// - Throws: `timeout` when no time is left; `circuit-open`, `bulkhead-full`, `limit-reached` (unavailable).
    public func admit(before deadline: Deadline, now: Duration) throws(ServiceError) -> CallPermit {
        if let permit = beginAtOnce(before: deadline, now: now) { return permit }
        switch change({ $0.beginCall(before: deadline, now: now, mayWait: false) }) {
        case .admitted(let permit): return permit
        case .refused(let reason, let retryAfter): throw refused(reason, retryAfter, nil)
        case .noRoom:
            change { state in
                state.ends.refused += 1
                state.room?.noteRefusal()
            }
            throw refused(.bulkhead, .seconds(1), nil)
        }
    }

    /// Takes the outcome of an admitted attempt, and gives its room back. Once for each permit.
    ///
    /// - Parameters:
    ///   - isTimeout: whether a failure was that no answer came in time.
    ///   - took: for a breaker that looks at slow calls; nil: the time since it was admitted. For an answer that comes
    ///     as a stream, the time until it began.
    ///   - now: as for ``admit(before:now:)``.
    public func record(
        _ permit: CallPermit, _ outcome: CallOutcome, isTimeout: Bool = false, took: Duration? = nil, now: Duration
    ) {
        if outcome == .success {
            if !isCalm(permit) { change { $0.endAttempt(permit, .success, isTimeout: false, took: took, now: now) } }
            noteSuccess()
        } else {
            change {
                $0.endAttempt(permit, outcome, isTimeout: isTimeout, took: took, now: now)
                $0.ends.add(outcome)
            }
        }
        permit.leaveRoom()
    }

    /// Counts an attempt that failed and could be made again without harm, and asks for leave to do that: at once and
    /// without a wait, for those who have somebody else to ask or cannot wait. Retry policy, budget, breaker and limit
    /// decide, as in the other forms. The room of the call stays.
    ///
    /// What comes of the new attempt must be given to ``record(_:_:isTimeout:took:now:)`` or here. With nil the call is
    /// over but for ``recordEnd(_:_:)``.
    ///
    /// - Parameters:
    ///   - kind: what the attempt failed by.
    ///   - slug: the same for those who watch (``GuardEvent``).
    ///   - failures: attempts of this call that have failed, this one included.
    ///   - deadline: of the call.
    ///   - now: as for ``admit(before:now:)``.
    /// - Returns: leave for one more attempt; nil: this one was the last.
    public func admitAgain(
        after permit: CallPermit, _ kind: ErrorKind, slug: String, failures: Int, before deadline: Deadline,
        now: Duration
    ) -> CallPermit? {
        let outcome = CallOutcome(kind: kind)
        let next = change { state -> Next in
            state.endAttempt(permit, outcome, isTimeout: kind == .timeout, now: now)
            guard let retry = state.policy.retry, retry.conditions.allow(kind) else { return .last(.notRetryable) }
            guard failures < retry.attemptsMax else { return .last(.attemptsUsed) }
            guard deadline.uptime - now > state.policy.minimumTime else { return .last(.deadline) }
            guard state.takeRetry(now: now) else { return .last(.budgetEmpty) }
            return .entry(
                state.beginAttempt(before: deadline, now: now, room: permit.room, isFirst: false, mayWait: false))
        }
        switch next {
        case .entry(.admitted(let again)):
            report(.retrying(attempt: failures, slug: slug, wait: .zero), nil)
            return again
        case .entry(.refused(let reason, _)): report(.refused(reason), nil)
        // Room is not asked for again.
        case .entry(.noRoom): break
        case .last(let reason): report(.failed(attempt: failures, slug: slug, outcome: outcome, because: reason), nil)
        }
        return nil
    }

    /// What follows an attempt that failed.
    private enum Next: Sendable {
        case last(GuardEvent.GiveUp)
        case entry(GuardState.Entry)
    }

    /// Takes the outcome of a call whose last attempt was counted by
    /// ``admitAgain(after:_:slug:failures:before:now:)``, and gives its room back.
    public func recordEnd(_ permit: CallPermit, _ outcome: CallOutcome) {
        if outcome == .success { noteSuccess() } else { note(outcome) }
        permit.leaveRoom()
    }
}
