#if os(Linux)
    public import FlotillaCore
    public import FlotillaResilience
    internal import Synchronization

    /// Has a forwarded request go by a ``CallGuard``: breaker, limit, room, retries with their budget. The first
    /// attempt is admitted before the request is forwarded, see ``Forward/admit(by:now:then:)``.
    ///
    /// A failure is an answer of 500 and above, or none; one of 400 to 499 is the caller's fault, and a client that
    /// goes away says nothing. Whoever has changed protocols has answered. One attempt is repeated at once, without the
    /// waits of the policy. Made for one request; one allocation.
    public final class GuardWatcher: ForwardWatcher {
        private struct State: Sendable {
            var permit: CallPermit
            /// Attempts that failed and were asked about.
            var failures = 0
            /// The guard knows already how the last attempt ended.
            var isTold = false
        }

        private let callGuard: CallGuard
        private let deadline: Deadline
        private let next: (any ForwardWatcher)?
        private let state: Mutex<State>

        /// - Parameters:
        ///   - permit: leave for the first attempt; its room is given back at the end.
        ///   - deadline: of the whole request.
        ///   - next: told of the end as well, and not asked.
        public init(
            _ callGuard: CallGuard, _ permit: CallPermit, before deadline: Deadline,
            then next: (any ForwardWatcher)? = nil
        ) {
            self.callGuard = callGuard
            self.deadline = deadline
            self.next = next
            state = Mutex(State(permit: permit))
        }

        public func mayRepeat(after end: ForwardEnd) -> Bool {
            state.withLock { state in
                state.failures += 1
                let again = callGuard.admitAgain(
                    after: state.permit, end.errorKind, slug: end.slug, failures: state.failures, before: deadline,
                    now: end.now)
                guard let again else {
                    state.isTold = true
                    return false
                }
                state.permit = again
                return true
            }
        }

        public func ended(_ end: ForwardEnd) {
            let (permit, isTold) = state.withLock { ($0.permit, $0.isTold) }
            let outcome = end.outcome
            if isTold {
                callGuard.recordEnd(permit, outcome)
            } else {
                let isTimeout = end.failure == .timeout || end.status == 504
                callGuard.record(permit, outcome, isTimeout: isTimeout, took: end.took, now: end.now)
            }
            next?.ended(end)
        }
    }

    extension ForwardEnd {
        /// What it says about whoever was to answer.
        public var outcome: CallOutcome {
            if isAbandoned { return .abandoned }
            if refusal != nil { return .callerFault }
            if status == 101 { return .success }
            if failure != nil { return attempts == 0 ? .notAsked : .failure }
            guard let status else { return .failure }
            return status >= 500 ? .failure : status >= 400 ? .callerFault : .success
        }

        /// Of a failure: what a retry policy goes by.
        fileprivate var errorKind: ErrorKind {
            if let failure { return failure == .timeout ? .timeout : .unavailable }
            return status == 504 ? .timeout : status == 500 ? .internal : .unavailable
        }

        /// The same in a word, for those who watch.
        fileprivate var slug: String { failure?.rawValue ?? "upstream-answered-\(status ?? 0)" }
    }

    extension Forward {
        /// Has the request go by a guard, of which it gets leave for its first attempt. Every attempt has the time that
        /// the guard's policy gives it, and all together end at ``deadline``.
        ///
        /// - Parameters:
        ///   - now: the time on the guard's clock, as it was read a moment ago.
        ///   - next: told of the end as well (``ForwardWatcher/ended(_:)``), and not asked.
        /// - Throws: `circuit-open`, `bulkhead-full`, `limit-reached` (unavailable, with the time after which to try
        ///   again), `timeout` when no time is left; the request must then not be forwarded.
        public mutating func admit(
            by callGuard: CallGuard, now: Duration, then next: (any ForwardWatcher)? = nil
        ) throws(ServiceError) {
            let end = Deadline(uptime: deadline ?? now + .seconds(1 << 32))
            let permit = try callGuard.admit(before: end, now: now)
            attemptTimeout = permit.deadline.uptime - now
            watcher = GuardWatcher(callGuard, permit, before: end, then: next)
        }
    }
#endif
