internal import FlotillaCore
internal import Synchronization

/// The right, and the duty, to fetch what others wait for. It ends with the object at the latest.
final class FlightLead: Sendable {
    private let cache: AnswerCache
    private let subject: CacheFlights.Subject
    private let id: UInt64
    private let alarm = Mutex<Alarm?>(nil)

    init(_ cache: AnswerCache, _ subject: CacheFlights.Subject, _ id: UInt64) {
        self.cache = cache
        self.subject = subject
        self.id = id
    }

    deinit { end() }

    /// Nobody needs to wait any more. Nothing after the first time.
    func end() {
        alarm.withLock { $0 }?.turnOff()
        Self.release(cache, subject, id)
    }

    /// Nobody needs to wait any more after that time, once.
    func end(after duration: Duration, on time: any TimeSource) {
        // It does not hold this object, whose end turns it off: that must not happen while it rings.
        let new = time.alarm(after: duration) { [cache, subject, id] in Self.release(cache, subject, id) }
        alarm.withLock { $0 = new }
    }

    private static func release(_ cache: AnswerCache, _ subject: CacheFlights.Subject, _ id: UInt64) {
        let bells = cache.withState(of: subject.key) { $0.flights.end(subject, id) }
        for bell in bells { bell.finish() }
    }
}
