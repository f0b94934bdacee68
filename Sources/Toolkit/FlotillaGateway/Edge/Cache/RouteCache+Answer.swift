internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

extension RouteCache {
    /// How long one request waits for the answer to another at most; then it asks for itself.
    static let waitMax = Duration.seconds(5)

    /// A request that is not answered by what is kept, on its way.
    struct Errand: Sendable {
        var request: Request
        var question: CacheQuestion
        var key: CacheKey
        /// What is to be asked about.
        var stored: StoredAnswer?
        /// How that is called (RFC 9211, section 2.2): `fwd=stale`.
        var course: String
        /// What it is fetched as.
        var subject: CacheFlights.Subject
        /// How many changes there had been when it began.
        var changes: Int
    }

    /// Answers a request: by what is kept, by what another request brings that was sent before, or by `fetch`.
    ///
    /// `fetch` gets the request without the client's conditions, maybe with others; it is called once, or twice when an
    /// upstream confuses its tags. The answer's body may still be under way; it is kept as it passes.
    ///
    /// - Parameter isKnown: whether the caller is known by something else than `Authorization`.
    /// - Throws: what `fetch` throws; ``ServiceError`` `not-cached` when the client wants only what is kept, and
    ///   `timeout` when the request's deadline is over before the answer it waited for was there.
    func answer(to request: Request, isKnown: Bool = false, _ fetch: @escaping Fetch) async throws -> Response {
        guard request.body.isEmpty, let question = CacheQuestion(request, plan, isKnown: isKnown) else {
            return try await pass(request, fetch)
        }
        let key = CacheKey(request, plan)
        let now = world.time.uptime
        let changes = cache.changes(key)
        let errand: Errand
        switch look(key, question, now, isCounted: true, { request.joined($0) }) {
        case .use(let stored): return CachedAnswer(stored, question, now, course: "hit").response()
        case .useAndFetch(let stored, let isTheOne):
            if isTheOne { revalidate(Revalidation(cache, key, stored), request, isKnown: isKnown, fetch) }
            return CachedAnswer(stored, question, now, course: "hit", detail: "stale-while-revalidate").response()
        case .ask(let stored, let reason):
            let look = stored.variant.look
            errand = Errand(
                request: request, question: question, key: key, stored: stored, course: "fwd=\(reason.rawValue)",
                subject: subject(key, question, look), changes: changes)
        case .nothing(let names):
            let look = CacheVariant(scope: scope, names: names ?? []) { request.joined($0) }.look
            errand = Errand(
                request: request, question: question, key: key, stored: nil,
                course: names == nil ? "fwd=uri-miss" : "fwd=vary-miss", subject: subject(key, question, look),
                changes: changes)
        }
        cache.withState(of: key) { $0.shard.counts.misses += 1 }
        if question.control.onlyIfCached { throw ServiceError.notCached }
        if question.isHead || question.control.noStore { return try await sendAsItIs(errand, fetch) }
        return try await together(errand, fetch)
    }

    /// Fetches a new answer in place of a stale one, later, by ``Revalidations/run()``.
    ///
    /// - Parameters:
    ///   - request: the one that got the stale answer.
    ///   - isKnown: as it was when that was looked up.
    func revalidate(
        _ revalidation: Revalidation, _ request: Request, isKnown: Bool = false, _ fetch: @escaping Fetch
    ) {
        var request = request
        // What the client has, and how long it waits, is not the cache's business.
        for name in [HTTPField.Name.ifNoneMatch, .ifModifiedSince, .cacheControl] { request.headers[name] = nil }
        request.method = .get
        request.deadline = nil
        let plain = request
        revalidations.submit(
            Revalidations.Job { [self] in
                // A failure leaves the old answer as it is; the next request tries again.
                try? await refresh(revalidation.stored, plain, isKnown, fetch)
                withExtendedLifetime(revalidation) {}
            })
    }

    private func refresh(
        _ stored: StoredAnswer, _ request: Request, _ isKnown: Bool, _ fetch: @escaping Fetch
    ) async throws {
        guard let question = CacheQuestion(request, plan, isKnown: isKnown) else { return }
        let key = CacheKey(request, plan)
        let look = stored.variant.look
        let errand = Errand(
            request: request, question: question, key: key, stored: stored, course: "fwd=stale",
            subject: subject(key, question, look), changes: cache.changes(key))
        let context = CallContext.root(world, timeout: Revalidation.timeout)
        try await withDeadline(context, on: world.time, of: "The upstream") { [self] _ in
            // Whatever is a stream is kept while it is read.
            _ = try await exchange(errand, nil, fetch).collect(bytesMax: cache.plan.answerBytesMax)
        }
    }

    private func subject(_ key: CacheKey, _ question: CacheQuestion, _ look: String) -> CacheFlights.Subject {
        CacheFlights.Subject(key: key, scope: scope, look: "\(question.caller.rawValue)\n\(look)")
    }

    // MARK: Coalescing

    /// Sends one of several such requests on; the others wait for its answer.
    private func together(_ errand: Errand, _ fetch: @escaping Fetch) async throws -> Response {
        // Who wants it newer than it is kept has to ask for itself.
        if errand.course == "fwd=request" { return try await exchange(errand, nil, fetch) }
        let (stream, bell) = AsyncStream.makeStream(of: Never.self)
        let turn = cache.withState(of: errand.key) { $0.flights.join(errand.subject, bell, world.time.uptime) }
        switch turn {
        case .lead(let id):
            return try await exchange(errand, FlightLead(cache, errand.subject, id), fetch)
        case .wait(let id):
            defer { cache.withState(of: errand.key) { $0.flights.leave(errand.subject, id) } }
            try await wait(stream, bell, errand.request.deadline)
            return try await afterWaiting(errand, fetch)
        case .alone: return try await exchange(errand, nil, fetch)
        }
    }

    private func wait(
        _ stream: AsyncStream<Never>, _ bell: AsyncStream<Never>.Continuation, _ deadline: Deadline?
    ) async throws {
        let left = deadline?.remaining(on: world.time) ?? Self.waitMax
        let alarm = world.time.alarm(after: min(left, Self.waitMax)) { bell.finish() }
        defer { alarm.turnOff() }
        for await _ in stream {}
        try Task.checkCancellation()
        if let deadline, deadline.isOver(on: world.time) { throw ServiceError.timeout("The upstream") }
    }

    /// Somebody else's answer is kept, or there is none that could be.
    private func afterWaiting(_ errand: Errand, _ fetch: @escaping Fetch) async throws -> Response {
        let now = world.time.uptime
        let found = look(errand.key, errand.question, now, isCounted: false) { errand.request.joined($0) }
        guard case .use(let stored) = found else {
            var errand = errand
            errand.changes = cache.changes(errand.key)
            return try await exchange(errand, nil, fetch)
        }
        cache.withState(of: errand.key) { state in
            state.shard.counts.misses -= 1
            state.shard.counts.hits += 1
            state.shard.counts.coalesced += 1
        }
        return CachedAnswer(stored, errand.question, now, course: "\(errand.course); collapsed").response()
    }
}

extension ServiceError {
    /// The client wants no answer but one that is kept (RFC 9111, section 5.2.1.7).
    static var notCached: ServiceError {
        ServiceError(
            .timeout, "not-cached",
            "No answer is kept that may be given, and the request says only-if-cached; leave that out.",
            isRetryable: false)
    }
}
