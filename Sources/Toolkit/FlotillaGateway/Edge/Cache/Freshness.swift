internal import FlotillaCore
internal import HTTPTypes

/// How old an answer was when it came, and how long it may be used without asking again (RFC 9111, section 4.2).
struct Freshness: Sendable, Hashable {
    /// Of an answer that says nothing of its lifetime, this part of the time since it was last changed…
    static let heuristicPart: Int64 = 10
    /// …but no longer than this, in seconds.
    static let heuristicMax: Int64 = 3_600

    /// Its age when it came.
    var initialAge: Duration
    /// When it came, on the clock that never jumps.
    var received: Duration
    /// Zero: never fresh.
    var lifetime: Duration
    /// For how long after that it may be given while a new one is fetched.
    var staleWhileRevalidate: Duration = .zero
    /// For how long after that it may be given in place of an error.
    var staleIfError: Duration = .zero
    /// Never to be used without asking.
    var asksAlways = false
    /// Not to be used stale, whoever wants it.
    var isStrict = false

    /// How old it is.
    func age(_ now: Duration) -> Duration { initialAge + max(.zero, now - received) }

    /// When a request was sent and its answer came.
    struct Exchange: Sendable {
        var asked: Duration
        var answered: Duration
        /// When it came, in seconds after 1970.
        var clock: Int64
    }

    /// - Parameters:
    ///   - ttl: holds in place of what the answer says.
    ///   - isHeuristic: whether a lifetime may be guessed.
    init(
        _ fields: HTTPFields, _ control: CacheControl, _ plan: CachePlan, _ exchange: Exchange, ttl: Duration?,
        isHeuristic: Bool
    ) {
        let date = fields[.date].flatMap { HTTPDateReader.seconds($0, now: exchange.clock) } ?? exchange.clock
        // An age that is none counts as none (section 5.1).
        let told = fields[.age].flatMap { DirectiveReader.Value.text(Self.first(of: $0)).seconds } ?? 0
        let apparent = Duration.seconds(max(0, exchange.clock - date))
        let corrected = Duration.seconds(told) + max(.zero, exchange.answered - exchange.asked)
        initialAge = max(apparent, corrected)
        received = exchange.answered
        if let ttl {
            lifetime = initialAge + ttl
        } else if let told = Self.explicit(fields, control, date: date, exchange.clock) {
            lifetime = .seconds(told)
        } else {
            lifetime = .seconds(isHeuristic ? Self.heuristic(fields, date: date, exchange.clock) : 0)
        }
        asksAlways = control.noCache
        isStrict = control.noCache || control.mustRevalidate || control.proxyRevalidate
        if !isStrict {
            // Who limits the time in shared caches does not want an old answer, unless it says so (section 4.2.4).
            let isSilent = control.sharedMaxAge == nil
            staleWhileRevalidate = control.staleWhileRevalidate.map { .seconds($0) }
                ?? (isSilent ? plan.staleWhileRevalidate : nil) ?? .zero
            staleIfError = control.staleIfError.map { .seconds($0) } ?? (isSilent ? plan.staleIfError : nil) ?? .zero
            isStrict = !isSilent
        }
    }

    /// The lifetime that is told, in seconds; nil: none is.
    static func explicit(_ fields: HTTPFields, _ control: CacheControl, date: Int64, _ clock: Int64) -> Int64? {
        if let seconds = control.sharedMaxAge ?? control.maxAge { return Int64(seconds) }
        guard let text = fields[.expires] else { return nil }
        // What is no date, such as 0, is in the past (section 5.3).
        guard let expires = HTTPDateReader.seconds(text, now: clock) else { return 0 }
        return min(Int64(CacheControl.secondsMax), max(0, expires - date))
    }

    private static func heuristic(_ fields: HTTPFields, date: Int64, _ clock: Int64) -> Int64 {
        guard let text = fields[.lastModified], let changed = HTTPDateReader.seconds(text, now: clock) else { return 0 }
        return min(heuristicMax, max(0, date - changed) / heuristicPart)
    }

    private static func first(of list: String) -> String {
        String(list.prefix { $0 != "," }.withoutBlanks)
    }
}
