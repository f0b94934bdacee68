public import FlotillaCore
public import FlotillaHTTP
public import FlotillaResilience

/// Several instances of a service as one responder: each request goes to the one a balancer picks.
///
/// One is made for each call; what its guard sends again goes to an instance that this call has not been at. It makes
/// one attempt for each request and repeats nothing itself.
///
/// An answer of 5xx counts against the instance, but for 503 with `Retry-After`, by which one sheds load in good order;
/// 4xx says nothing. An answer that does not come before the request's deadline counts against it, too.
public struct BalancedResponder: DistantResponder {
    private let call: BalancedCall
    private let world: World
    private let target: @Sendable (Instance) throws -> any Responder

    /// - Parameter target: what answers for an instance; what it throws counts against the instance.
    public init(_ call: BalancedCall, world: World, target: @escaping @Sendable (Instance) throws -> any Responder) {
        self.call = call
        self.world = world
        self.target = target
    }

    /// Like ``send(_:)``, with a problem in place of what that throws.
    public func respond(to request: Request) async -> Response {
        do {
            return try await send(request)
        } catch {
            let context = request.context(world, timeout: .seconds(60))
            return Problem.response(for: error, traceID: context.trace.traceID)
        }
    }

    /// What the instance that was picked answers, be it a problem.
    ///
    /// - Throws: `no-instance` (unavailable) when nobody is there, `timeout` when the request's deadline was over
    ///   before, and what an instance throws that cannot be reached.
    public func send(_ request: Request) async throws -> Response {
        do {
            return try await call.attempt(before: request.deadline) { endpoint in
                let response = try await answer(to: request, of: target(endpoint.instance))
                if let ill = UnsuccessfulAnswer(response) { throw ill }
                return response
            }
        } catch let ill as UnsuccessfulAnswer {
            return ill.response
        }
    }

    private func answer(to request: Request, of responder: any Responder) async throws -> Response {
        guard let remote = responder as? any DistantResponder else { return await responder.respond(to: request) }
        return try await remote.send(request)
    }
}
