internal import FlotillaCore
internal import FlotillaHTTP

/// The cache as one route uses it.
///
/// On the thread of a loop ``lookup(_:isKnown:now:)`` answers what is there; whatever else is to be done about a
/// request is done by a task with ``answer(to:isKnown:_:)``, which looks again. Safe to share between tasks and
/// threads.
struct RouteCache: Sendable {
    /// Asks whoever makes the answers.
    typealias Fetch = @Sendable (Request) async throws -> Response

    let cache: AnswerCache
    let plan: CachePlan
    /// The name of the route; answers of one are never given to requests for another.
    let scope: String
    let revalidations: Revalidations
    let world: World

    init(_ cache: AnswerCache, _ plan: CachePlan, scope: String, revalidations: Revalidations, world: World) {
        self.cache = cache
        self.plan = plan
        self.scope = scope
        self.revalidations = revalidations
        self.world = world
    }

    /// What is known that fits a request.
    enum Lookup: Sendable {
        /// The answer.
        case hit(CachedAnswer)
        /// The answer, and this request is to be sent on, as the one of all: ``revalidate(_:_:isKnown:_:)``.
        case stale(CachedAnswer, Revalidation)
        /// To be answered by ``answer(to:isKnown:_:)``.
        case miss
        /// There is no answer, and the client wants no other (`only-if-cached`): 504, or what
        /// ``answer(to:isKnown:_:)`` throws.
        case unsatisfiable
        /// Not a cache's business: to be passed on, to ``answer(to:isKnown:_:)`` or past it; when its method is
        /// unsafe, ``invalidate(after:_:location:contentLocation:)`` is to be told.
        case pass
    }

    /// Looks for an answer. Takes a microsecond or two; waits for nothing.
    ///
    /// - Parameters:
    ///   - isKnown: whether the caller is known by something else than `Authorization`: a certificate, a key.
    ///   - now: on the clock that never jumps (``FlotillaCore/TimeSource/uptime``).
    func lookup(_ head: borrowing some EdgeHead & ~Copyable, isKnown: Bool = false, now: Duration) -> Lookup {
        guard let question = CacheQuestion(head, plan, isKnown: isKnown) else { return .pass }
        let key = CacheKey(head, plan)
        switch look(key, question, now, isCounted: true, { head.joined($0) }) {
        case .use(let stored): return .hit(CachedAnswer(stored, question, now, course: "hit"))
        case .useAndFetch(let stored, let isTheOne):
            let answer = CachedAnswer(stored, question, now, course: "hit", detail: "stale-while-revalidate")
            return isTheOne ? .stale(answer, Revalidation(cache, key, stored)) : .hit(answer)
        case .ask, .nothing: return question.control.onlyIfCached ? .unsatisfiable : .miss
        }
    }

    /// What a request finds.
    enum Look: Sendable {
        case use(StoredAnswer)
        /// - Parameter isTheOne: whether this request is to fetch a new one.
        case useAndFetch(StoredAnswer, isTheOne: Bool)
        /// It has to be asked whether the answer still holds.
        case ask(StoredAnswer, CacheVerdict.Reason)
        /// - Parameter names: of the fields that told other answers to the same key apart; nil: there are none.
        case nothing(names: [String]?)
    }

    /// - Parameter isCounted: whether an answer that is found is one for the counts.
    func look(
        _ key: CacheKey, _ question: CacheQuestion, _ now: Duration, isCounted: Bool, _ value: (String) -> String?
    ) -> Look {
        cache.withState(of: key) { state in
            switch state.shard.find(key, scope, question.caller, value) {
            case .nothing: return .nothing(names: nil)
            case .otherVariants(let names): return .nothing(names: names)
            case .answer(let stored, let slot):
                switch CacheVerdict(stored.freshness, question.control, now) {
                case .use:
                    state.shard.touch(slot)
                    if isCounted { state.shard.counts.note(stored.freshness.age(now) < stored.freshness.lifetime) }
                    return .use(stored)
                case .useAndFetch:
                    state.shard.touch(slot)
                    if isCounted { state.shard.counts.stale += 1 }
                    let until = now + Revalidation.timeout
                    return .useAndFetch(stored, isTheOne: state.shard.mayFetch(slot, now, until: until))
                case .ask(let reason): return .ask(stored, reason)
                }
            }
        }
    }

    // MARK: Changes

    /// Forgets what an unsafe request may have changed: what it was sent to, and what its answer names
    /// (RFC 9111, section 4.4). Any other request changes nothing.
    ///
    /// - Parameters:
    ///   - status: of the answer; an error has changed nothing.
    ///   - location: `Location` of the answer.
    ///   - contentLocation: `Content-Location` of the answer.
    func invalidate(
        after head: borrowing some EdgeHead & ~Copyable, _ status: Int, location: String?, contentLocation: String?
    ) {
        guard (200...399).contains(status), !CacheQuestion.isSafe(head.methodText()) else { return }
        let (host, path, query) = (head.hostText(), head.pathText(), head.queryText())
        var keys: Set<CacheKey> = [
            CacheKey(host: host, path: path, query: query),
            CacheKey(host: host, path: path, query: query, names: plan.query),
        ]
        for reference in [location, contentLocation].compactMap({ $0 }) {
            guard let target = SameOrigin.target(reference, host: host, path: path) else { continue }
            keys.insert(CacheKey(host: host, path: target.path, query: target.query))
            keys.insert(CacheKey(host: host, path: target.path, query: target.query, names: plan.query))
        }
        // One at a time and independent of each other, so their order is of no effect.
        cache.invalidate(keys.sorted { $0.text < $1.text })
    }
}

extension CacheCounts {
    fileprivate mutating func note(_ isFresh: Bool) {
        if isFresh { hits += 1 } else { stale += 1 }
    }
}

extension CacheKey {
    /// What a request is for, as far as it counts on a route.
    init(_ head: borrowing some EdgeHead & ~Copyable, _ plan: CachePlan) {
        self.init(host: head.hostText(), path: head.pathText(), query: head.queryText(), names: plan.query)
    }
}

extension CacheQuestion {
    /// Whether such a request changes nothing (RFC 9110, section 9.2.1). What is not known may.
    static func isSafe(_ method: String) -> Bool {
        switch method {
        case "GET", "HEAD", "OPTIONS", "TRACE": true
        default: false
        }
    }
}

/// References of an answer to things of the same origin.
enum SameOrigin {
    /// Path and query that a reference leads to (RFC 3986, section 4.2); nil when it leads elsewhere.
    static func target(_ reference: String, host: String, path: String) -> (path: String, query: String)? {
        var rest = Substring(reference)
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        for scheme in ["http://", "https://", "//"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard authority.lowercased() == host.lowercased() else { return nil }
            rest = rest[authority.endIndex...]
            return split(rest.first == "/" ? rest : "/" + rest)
        }
        guard !rest.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
        if rest.first == "/" { return split(rest) }
        if rest.first == "?" || rest.isEmpty { return split(Substring(path) + rest) }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return split(folder + rest)
    }

    private static func split(_ target: Substring) -> (path: String, query: String) {
        let mark = target.firstIndex(of: "?")
        return (
            String(mark.map { target[..<$0] } ?? target), mark.map { String(target[target.index(after: $0)...]) } ?? ""
        )
    }
}
