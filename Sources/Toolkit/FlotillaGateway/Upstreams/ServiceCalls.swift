internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

/// The calls of a gateway, or of a composition behind it, to the services of a directory.
///
/// Each service has one guard, `gateway → orders`: a breaker, a deadline and, for what only reads, one more attempt.
/// What counts against a service stands in ``UnsuccessfulAnswer``. A service that the directory knows to be away is
/// not called, so nothing is counted against it (``CallGuard/noInstance(of:_:)``): back again, it gets its
/// first request at once.
struct ServiceCalls: Sendable {
    let directory: any ServiceDirectory
    let world: World

    /// What the service answers, be it a problem; the answer to pass on.
    ///
    /// - Parameters:
    ///   - guardian: that of the service.
    ///   - context: its deadline is the caller's; one that is before `deadline` is the caller's own wish, and a
    ///     service that does not fulfil it has not failed.
    ///   - deadline: how long the service may take.
    /// - Throws: `unavailable` when the service is away or cannot be reached, `circuit-open` when its breaker is,
    ///   `timeout`.
    func send(
        _ request: Request, to service: String, through guardian: CallGuard, before deadline: Deadline,
        _ context: CallContext
    ) async throws -> Response {
        guard let responder = directory.responder(for: service) else { throw guardian.noInstance(of: service, context) }
        let isInHurry = context.deadline < deadline
        var patient = context
        patient.deadline = deadline
        do {
            // A punctual responder keeps the deadline itself; an alarm of the guard's over it would be the second.
            let isHedged = request.isRead && guardian.policy.hedge != nil
            guard responder is any PunctualResponder, !isHedged else {
                return try await guardian.run(patient, isIdempotent: request.isRead) { attempt in
                    try await once(request, to: service, responder, context, attempt.deadline, isInHurry)
                }
            }
            return try await guardian.runCooperative(patient, isIdempotent: request.isRead) { attempt in
                try await once(request, to: service, responder, context, attempt.deadline, isInHurry)
            }
        } catch let answer as UnsuccessfulAnswer {
            return answer.response
        } catch let error as ServiceError where error.slug == "circuit-open" {
            throw Self.told(error, service, guardian)
        } catch let error as ServiceError where error.slug == "timeout" {
            // In the words of this level: who asks has never heard of the guard's name.
            throw ServiceError.timeout(service)
        } catch is CancellationError where isInHurry && context.deadline.isOver(on: world.time) {
            throw ServiceError.timeout(service)
        }
    }

    private func once(
        _ request: Request, to service: String, _ responder: any Responder, _ context: CallContext,
        _ deadline: Deadline, _ isInHurry: Bool
    ) async throws -> Response {
        var inner = context
        inner.deadline = min(context.deadline, deadline)
        return isInHurry
            ? try await hurried(request, to: service, responder, inner)
            : try await Self.attempt(request, responder, inner)
    }

    private static func attempt(
        _ request: Request, _ responder: any Responder, _ context: CallContext
    ) async throws -> Response {
        var request = request
        request.carry(context)
        let response: Response
        if let distant = responder as? any DistantResponder {
            response = try await distant.send(request)
        } else {
            response = await responder.respond(to: request)
        }
        if let answer = UnsuccessfulAnswer(response) { throw answer }
        return response
    }

    /// An attempt for a caller that waits for less than the service may take.
    ///
    /// - Throws: `CancellationError` when the caller's time is over, which is nobody's failure; else anyone could open
    ///   a breaker by asking for answers within a millisecond.
    private func hurried(
        _ request: Request, to service: String, _ responder: any Responder, _ context: CallContext
    ) async throws -> Response {
        do {
            return try await withDeadline(context, on: world.time, of: service) { context in
                try await Self.attempt(request, responder, context)
            }
        } catch let error as any DescribedError where error.kind == .timeout {
            throw context.deadline.isOver(on: world.time) ? CancellationError() : error
        }
    }

    private static func told(_ error: ServiceError, _ service: String, _ guardian: CallGuard) -> ServiceError {
        let pause = error.retryAfter ?? .seconds(1)
        return ServiceError(
            .unavailable, error.slug,
            "\(service) failed too often and is given time to recover: by the policy '\(guardian.policy.name)' the "
                + "breaker of \(guardian.target) lets a trial through in \(Problem.wholeSeconds(pause)) s.",
            retryAfter: pause, cause: error)
    }
}

extension Request {
    /// Whether it only asks, so that asking twice does no harm (RFC 9110, section 9.2.1).
    fileprivate var isRead: Bool { method == .get || method == .head }
}
