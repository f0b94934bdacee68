/// What waits on a clock.
package enum Sleeper: Sendable {
    /// Resumed with whether the sleep was slept to its end.
    case task(CheckedContinuation<Bool, Never>)
    case alarm(Alarm)

    /// - Parameter isDue: false when the sleep ended early; an alarm does not ring then.
    package func wake(isDue: Bool) {
        switch self {
        case .task(let continuation): continuation.resume(returning: isDue)
        case .alarm(let alarm): if isDue { alarm.ring() }
        }
    }
}

/// The ``SleepQueue`` of a clock.
///
/// Not generic, so that every clock, in whichever module, runs code made for this kind of waiter; the generic queue is
/// run through tables of witnesses where it is used from elsewhere, which took longer than all else a sleep does.
package struct SleeperQueue {
    private var queue = SleepQueue<Sleeper>()

    package init() {}

    /// See ``SleepQueue/makeTicket()``.
    package mutating func makeTicket() -> SleepQueue<Sleeper>.Ticket { queue.makeTicket() }

    /// See ``SleepQueue/begin(_:until:_:)``.
    package mutating func begin(
        _ ticket: SleepQueue<Sleeper>.Ticket, until due: Duration, _ waiter: Sleeper
    ) -> Bool { queue.begin(ticket, until: due, waiter) }

    /// See ``SleepQueue/end(_:)``.
    package mutating func end(_ ticket: SleepQueue<Sleeper>.Ticket) -> Sleeper? { queue.end(ticket) }

    /// See ``SleepQueue/endNext(by:)``.
    package mutating func endNext(by now: Duration) -> Sleeper? { queue.endNext(by: now) }

    /// See ``SleepQueue/nextDue``.
    package var nextDue: Duration? { queue.nextDue }
}
