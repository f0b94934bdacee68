internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

extension RouteCache {
    /// Asks, keeps what may be kept, and gives the client what is meant for it.
    ///
    /// - Parameter lead: ended when others need not wait any more.
    func exchange(_ errand: Errand, _ lead: FlightLead?, _ fetch: @escaping Fetch) async throws -> Response {
        let outgoing = asking(errand)
        let asked = world.time.uptime
        var response: Response
        do {
            response = try await fetch(outgoing)
        } catch {
            lead?.end()
            if let old = instead(of: error, errand) { return old }
            throw error
        }
        let times = Freshness.Exchange(asked: asked, answered: world.time.uptime, clock: world.now.seconds)
        if response.status == .notModified, let stored = errand.stored, stored.hasValidator {
            if let answer = freshened(stored, by: response, errand, times) {
                lead?.end()
                return answer
            }
            // It speaks of another version than the one that is kept: so there is no use in asking about that.
            var plain = errand
            plain.stored = nil
            cache.withState(of: errand.key) { $0.shard.remove(errand.key, stored) }
            return try await exchange(plain, lead, fetch)
        }
        if response.status.code >= 500, let old = instead(of: response.status.code, errand) {
            lead?.end()
            return old
        }
        let isKept = keep(&response, errand, times, lead)
        if !isKept { lead?.end() }
        return finished(response, errand, isKept: isKept)
    }

    /// Sends a request on that brings nothing to keep, with the conditions that the client has.
    func sendAsItIs(_ errand: Errand, _ fetch: Fetch) async throws -> Response {
        do {
            let response = try await fetch(errand.request)
            if response.status.code >= 500, let old = instead(of: response.status.code, errand) { return old }
            return response.noted("gateway; \(errand.course)")
        } catch {
            if let old = instead(of: error, errand) { return old }
            throw error
        }
    }

    /// Sends a request on that is not a cache's business, and forgets what it has changed.
    func pass(_ request: Request, _ fetch: Fetch) async throws -> Response {
        let response = try await fetch(request)
        let (location, contentLocation) = (response.headers[.location], response.headers[.contentLocation])
        invalidate(after: request, response.status.code, location: location, contentLocation: contentLocation)
        let isRead = request.method == .get || request.method == .head
        return response.noted(isRead ? "gateway; fwd=bypass" : "gateway; fwd=method")
    }

    /// The request with the conditions of the cache in place of those of the client (RFC 9111, section 4.3.1).
    private func asking(_ errand: Errand) -> Request {
        var request = errand.request
        request.headers[.ifNoneMatch] = errand.stored?.tag
        request.headers[.ifModifiedSince] = errand.stored?.changed
        return request
    }

    /// What a client gets of an answer that has just come.
    private func finished(_ response: Response, _ errand: Errand, isKept: Bool) -> Response {
        var response = response
        if !plan.vary.isEmpty { response.headers.vary(plan.vary) }
        var status = "gateway; \(errand.course)"
        if errand.stored != nil { status += "; fwd-status=\(response.status.code)" }
        if isKept, response.bytes != nil { status += "; stored" }
        let made = response.headers[.date].flatMap { HTTPDateReader.seconds($0, now: world.now.seconds) }
        let isAnswered = response.status == .ok
            && errand.question.isAnswered(
                tag: response.headers[.eTag], changed: response.headers[.lastModified],
                made: made ?? world.now.seconds)
        if isAnswered { response = Response(.notModified, headers: StoredAnswer.unchanged(response.headers)) }
        return response.noted(status)
    }

    // MARK: Validation

    /// The kept answer with what a 304 says of it (RFC 9111, sections 3.2 and 4.3.4); nil when it is not about it.
    private func freshened(
        _ stored: StoredAnswer, by response: Response, _ errand: Errand, _ times: Freshness.Exchange
    ) -> Response? {
        if let tag = response.headers[.eTag], let known = stored.tag, !EntityTagList.contains(known, tag) { return nil }
        var fields = stored.fields
        // One that makes no date of its own speaks of now.
        fields[.date] = nil
        for name in Set(response.headers.map(\.name)) where !Self.unmergedNames.contains(name) {
            fields[values: name] = response.headers[values: name]
        }
        var merged = Response(stored.status, headers: fields, body: .bytes(stored.body))
        let isKept = keep(&merged, errand, times, nil)
        if !isKept { cache.withState(of: errand.key) { $0.shard.remove(errand.key, stored) } }
        cache.withState(of: errand.key) { $0.shard.counts.revalidated += 1 }
        let answer = made(of: merged, errand, times)
        return CachedAnswer(
            answer, errand.question, times.answered, course: "\(errand.course); fwd-status=304"
        ).response()
    }

    /// They are about the bytes, which have not come again.
    private static let unmergedNames: Set<HTTPField.Name> = [
        .contentLength, .contentEncoding, .contentType, .contentRange, .transferEncoding, .connection, .setCookie,
        // It is the same, and a weak one stays weak: the body may have been compressed since.
        .eTag,
    ]

    // MARK: Keeping

    /// Keeps an answer if that is allowed; one whose body is still to come is kept when it has passed.
    ///
    /// - Returns: whether it is kept, or will be if all goes well.
    private func keep(
        _ response: inout Response, _ errand: Errand, _ times: Freshness.Exchange, _ lead: FlightLead?
    ) -> Bool {
        let control = response.headers[.cacheControl].map { CacheControl($0) } ?? .none
        let storability = Storability.of(response.status.code, response.headers, control, errand.question, plan)
        let answer = made(of: response, errand, times)
        guard storability == .storable, answer.isOfUse(times.answered) else {
            dismiss(errand, response.status.code)
            return false
        }
        if answer.freshness.age(times.answered) >= answer.freshness.lifetime {
            // Each that uses it has to ask anyway.
            cache.withState(of: errand.key) { $0.flights.hint(errand.subject, times.answered) }
        }
        switch response.body {
        case .bytes:
            let isKept = put(answer, errand)
            if isKept { lead?.end() }
            return isKept
        case .stream(let write):
            lead?.end(after: Self.streamWaitMax, on: world.time)
            response.body = .stream { [self] writer in
                try await tee(write, to: writer, answer, errand, lead)
            }
            return true
        }
    }

    /// The answer as it would be kept.
    private func made(of response: Response, _ errand: Errand, _ times: Freshness.Exchange) -> StoredAnswer {
        let control = response.headers[.cacheControl].map { CacheControl($0) } ?? .none
        let isLasting = Storability.lastingStatuses.contains(response.status.code)
        let freshness = Freshness(
            response.headers, control, plan, times, ttl: isLasting ? plan.ttl : nil,
            isHeuristic: Storability.heuristicStatuses.contains(response.status.code))
        var fields = response.headers
        if !plan.vary.isEmpty { fields.vary(plan.vary) }
        var names = VaryNames.of(fields)
        // Whoever compresses and does not say that it depends on the request must not bring it to those who cannot read
        // it.
        if fields[.contentEncoding] != nil, !names.contains("accept-encoding") { names.append("accept-encoding") }
        let variant = CacheVariant(scope: scope, names: names.sorted()) { errand.request.joined($0) }
        return StoredAnswer(
            response.status, fields, response.bytes ?? [], freshness, CallerScope(control), variant,
            clock: times.clock)
    }

    private func put(_ answer: StoredAnswer, _ errand: Errand) -> Bool {
        cache.keep(errand.key, answer, since: errand.changes) { errand.request.joined($0) }
    }

    /// Nobody needs to wait for answers like this one; and what was kept before it is of no use any more.
    private func dismiss(_ errand: Errand, _ status: Int) {
        let now = world.time.uptime
        cache.withState(of: errand.key) { state in
            state.flights.hint(errand.subject, now)
            if status < 500, let stored = errand.stored { state.shard.remove(errand.key, stored) }
        }
    }

    // MARK: Old answers in place of errors

    private func instead(of error: any Error, _ errand: Errand) -> Response? {
        guard let error = error as? any DescribedError, CallOutcome(kind: error.kind) == .failure else { return nil }
        return old(errand, detail: error.slug, course: errand.course)
    }

    private func instead(of status: Int, _ errand: Errand) -> Response? {
        old(errand, detail: "stale-if-error", course: "\(errand.course); fwd-status=\(status)")
    }

    /// Looks again, for what was there before may have been invalidated since.
    private func old(_ errand: Errand, detail: String, course: String) -> Response? {
        let now = world.time.uptime
        let request = errand.request
        let stored: StoredAnswer? = cache.withState(of: errand.key) { state in
            let found = state.shard.find(errand.key, scope, errand.question.caller) { request.joined($0) }
            guard case .answer(let stored, let slot) = found,
                CacheVerdict.mayReplaceError(stored.freshness, errand.question.control, now)
            else { return nil }
            state.shard.touch(slot)
            state.shard.counts.stale += 1
            return stored
        }
        return stored.map { CachedAnswer($0, errand.question, now, course: course, detail: detail).response() }
    }
}

extension Response {
    /// With a word of this cache behind those of the ones before it (RFC 9211).
    fileprivate func noted(_ status: String) -> Response {
        var response = self
        response.headers[.cacheStatus] = response.headers[.cacheStatus].map { "\($0), \(status)" } ?? status
        return response
    }
}

extension HTTPFields {
    /// Adds names of request fields that the answer depends on.
    mutating func vary(_ names: [String]) {
        let known = VaryNames.of(self)
        let new = names.filter { !known.contains($0) }
        guard !known.contains("*"), !new.isEmpty else { return }
        self[.vary] = ([self[.vary]].compactMap { $0 } + new).joined(separator: ", ")
    }
}
