internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience

/// Fetches new answers for those that have become stale, after the old ones were given (stale-while-revalidate,
/// RFC 5861, section 3).
///
/// A bounded queue that ``run()`` works off. What finds no room is left to a later request. Safe to share.
final class Revalidations: Sendable {
    static let queueMax = 1_024
    /// So many are under way at once.
    static let concurrencyMax = 16

    private let jobs: AsyncStream<Job>
    private let sink: AsyncStream<Job>.Continuation

    /// One thing to do.
    struct Job: Sendable {
        let work: @Sendable () async -> Void
    }

    init() { (jobs, sink) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingOldest(Self.queueMax)) }

    /// Works until the task is cancelled. One task may run it.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await job in jobs {
                if running == Self.concurrencyMax {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await job.work() }
            }
            group.cancelAll()
        }
    }

    /// Queues it. What is not done, because there is no room or nobody works any more, is let go.
    func submit(_ job: Job) { sink.yield(job) }
}

/// That one request, of all that get a stale answer, is to fetch a new one. When it is let go before, the next one may.
final class Revalidation: Sendable {
    /// After so long another one may try as well.
    static let timeout = Duration.seconds(30)

    private let cache: AnswerCache
    private let key: CacheKey
    let stored: StoredAnswer

    init(_ cache: AnswerCache, _ key: CacheKey, _ stored: StoredAnswer) {
        self.cache = cache
        self.key = key
        self.stored = stored
    }

    // When a new answer has come, the old one is not there any more, and nothing happens.
    deinit { cache.withState(of: key) { [key, stored] in $0.shard.giveUp(key, stored) } }
}
