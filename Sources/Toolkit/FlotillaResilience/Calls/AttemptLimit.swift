/// The token bucket of one guard: ``TokenBucket`` asked one question only, in times that need no division.
///
/// A value; time comes in, the decision goes out.
struct AttemptLimit: Sendable {
    private(set) var limit: TokenBucket.Limit
    private let each: Duration
    private let size: Duration
    /// When the bucket is full.
    private var fullAt: Duration = .zero

    init(_ limit: TokenBucket.Limit) {
        self.limit = limit
        each = limit.per / limit.tokens
        size = each * limit.burst
    }

    /// A limit in the place of another one: what is missing in its bucket is missing in this one.
    init(_ limit: TokenBucket.Limit, after other: AttemptLimit?) {
        self.init(limit)
        if let other { fullAt = other.fullAt }
    }

    /// How long until an attempt made now would be allowed; zero when it is.
    func wait(now: Duration) -> Duration {
        guard fullAt > now else { return .zero }
        // A smaller limit may have come into force; nobody waits for more than the bucket can hold.
        let missing = min(fullAt - now, size)
        return missing + each > size ? missing + each - size : .zero
    }

    /// Takes a token. Only after ``wait(now:)`` has answered zero for the same moment.
    mutating func take(now: Duration) {
        fullAt = fullAt > now ? fullAt + each : now + each
    }
}
