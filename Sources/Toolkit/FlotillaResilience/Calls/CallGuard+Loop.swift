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
    ///   - now: as for ``admit(before:now:)``.
    public func record(_ permit: CallPermit, _ outcome: CallOutcome, isTimeout: Bool = false, now: Duration) {
        if outcome == .success {
            if !isCalm(permit) { change { $0.endAttempt(permit, .success, isTimeout: false, now: now) } }
            noteSuccess()
        } else {
            change {
                $0.endAttempt(permit, outcome, isTimeout: isTimeout, now: now)
                $0.ends.add(outcome)
            }
        }
        permit.leaveRoom()
    }
}
