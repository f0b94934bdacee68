public import FlotillaCore
public import FlotillaHTTP
public import FlotillaObservability
public import FlotillaResilience
internal import HTTPTypes
internal import Synchronization

/// The one door to the services (API gateway; Richardson, "Microservices Patterns", chapter 8).
///
/// For each request it takes away what only the inside may say, finds the route, turns it away when there is too much
/// to do (``GatewayRoute/priority``), checks the token, counts it against the caller's limits, checks who may pass,
/// and hands it to the service through the
/// guard of the calls to it (``ServiceCalls``). Services check tokens and access again: the door is not the only lock.
public final class Gateway: Responder {
    /// Ready when every critical service is.
    public let health: HealthMonitor
    private let configuration: GatewayConfiguration
    private let local: [String: any Responder]
    private let policies: PolicyRegistry
    private let calls: ServiceCalls
    let kept: KeptAnswers
    private let authenticator: (any Authenticator)?
    private let telemetry: Telemetry
    private let world: World
    private let limiter: CallerLimits
    let door: Door
    private let documents: MergedDocument
    private let routes: Mutex<RouteTable>

    /// - Parameters:
    ///   - local: services that live in the gateway itself, by name; they go before those of the directory.
    ///   - policies: where the guards of the calls to services are found, as `gateway → orders`.
    ///   - verifier: checks bearer tokens; without one every caller is anonymous.
    /// - Throws: ``ServiceError`` `gateway-routes` when two routes want the same requests.
    public init(
        _ configuration: GatewayConfiguration, directory: any ServiceDirectory,
        local: [String: any Responder] = [:], policies: PolicyRegistry, verifier: (any Authenticator)?,
        telemetry: Telemetry, world: World
    ) throws(ServiceError) {
        self.configuration = configuration
        self.local = local
        self.policies = policies
        calls = ServiceCalls(directory: directory, world: world)
        kept = KeptAnswers(time: world.time)
        let directory = LayeredDirectory(own: local, rest: directory)
        authenticator = verifier
        self.telemetry = telemetry
        self.world = world
        limiter = CallerLimits(configuration.limits, time: world.time)
        door = Door(
            configuration.admission.map { policy in
                policies.shedders.shedder(for: telemetry.service, name: "door", policy: policy, kinds: Door.kinds)
            })
        documents = MergedDocument(configuration, directory: directory)
        routes = Mutex(
            try RouteTable(configuration.routes, telemetry: telemetry) { service in
                Self.guardian(of: service, configuration, local, policies, telemetry)
            })
        health = HealthMonitor(
            service: telemetry.service, version: configuration.version,
            checks: GatewayHealth.checks(configuration, directory: directory), world: world, isInService: true)
    }

    /// Puts other routes in place of all there are. Requests under way end by the old ones.
    ///
    /// - Throws: ``ServiceError`` `gateway-routes`; the old routes then stay.
    public func replaceRoutes(_ routes: [GatewayRoute]) throws(ServiceError) {
        let new = try RouteTable(routes, telemetry: telemetry) { service in
            Self.guardian(of: service, configuration, local, policies, telemetry)
        }
        self.routes.withLock { $0 = new }
    }

    private static func guardian(
        of service: String, _ configuration: GatewayConfiguration, _ local: [String: any Responder],
        _ policies: PolicyRegistry, _ telemetry: Telemetry
    ) -> CallGuard? {
        guard local[service] == nil else { return nil }
        return policies.callGuard(from: telemetry.service, to: service, standard: configuration.forwarding)
    }

    /// By which requests are answered that come now.
    var table: RouteTable { routes.withLock { $0 } }

    /// Answers one request; safe to call from any number of tasks.
    public func respond(to request: Request) async -> Response {
        let table = table
        return await respond(to: request, Entry(table: table, started: table.recorder.start()))
    }

    /// Answers a request whose way in has begun.
    func respond(to request: Request, _ entry: Entry) async -> Response {
        let table = entry.table
        let started = entry.started
        var request = request
        Self.strip(&request)
        var pass = Pass(context: request.context(world, timeout: .seconds(5)))
        var failure: (any Error)?
        var response: Response
        do {
            response = try await answer(request, entry, &pass)
        } catch {
            failure = error
            response = Problem.response(for: error, traceID: pass.context.trace.traceID)
        }
        pass.standing?.stamp(&response.headers)
        if request.method == .head, case .bytes(let bytes) = response.body, !bytes.isEmpty {
            response.headers[.contentLength] = String(bytes.count)
            response.body = .bytes([])
        }
        table.recorder.finish(
            started, request, route: pass.route, pass.context, &response, failure: failure)
        return response
    }

    /// What becomes known of a request on its way.
    private struct Pass {
        var context: CallContext
        var route: Int?
        var standing: CallerLimits.Standing?
    }

    private func answer(_ request: Request, _ entry: Entry, _ pass: inout Pass) async throws -> Response {
        let table = entry.table
        let index = try entry.permit?.route ?? table.find(request)
        pass.route = index
        switch table.destinations[index] {
        case .own(let own): return await answer(request, own, table)
        case .service(let route, let guardian):
            // In this order, so that only a caller who says so has a deadline before that of the route.
            let deadline = Deadline(in: route.timeout, on: world.time)
            pass.context.deadline = min(deadline, request.deadline(world, timeout: route.timeout))
            var permit: Door.Permit
            do {
                permit = try entry.permit?.permit ?? door.enter(route.priority, route: index)
            } catch let error as ServiceError {
                // An old answer is better than none, and costs as little.
                guard let staleMax = route.staleMax, request.method == .get,
                    let old = kept.recall(request.target, staleMax, because: error.slug)
                else { throw error }
                return old
            }
            do {
                try await identify(request, route, &pass)
                if let turn = pass.standing?.delay, turn > .zero {
                    // Whoever waits for its turn is not under way.
                    door.leave(permit, .callerFault)
                    permit = Door.Permit()
                    try await wait(turn, before: pass.context.deadline)
                    permit = try door.enter(route.priority, route: index)
                }
                let context = pass.context
                let response = try await kept.answer(to: request, route) {
                    try await forward(request, route, guardian, before: deadline, context)
                }
                door.leave(permit, CallOutcome(response.status))
                return response
            } catch {
                door.leave(permit, CallOutcome(of: error))
                throw error
            }
        }
    }

    /// Finds out who asks, and whether they may.
    private func identify(_ request: Request, _ route: GatewayRoute, _ pass: inout Pass) async throws {
        try await authenticate(request, route, &pass)
        pass.standing = limiter.take(
            route.limitClass, principal: pass.context.principal, address: request.remoteAddress)
        if let refusal = pass.standing?.refusal { throw refusal }
        try route.access.check(pass.context.principal)
    }

    /// Waits for a turn at an even rate (``RateLimit/Algorithm/leakyBucket(queue:)``).
    ///
    /// - Throws: `rate-limited` when the turn comes too late to be answered.
    private func wait(_ turn: Duration, before deadline: Deadline) async throws {
        guard turn < deadline.remaining(on: world.time) else {
            throw ServiceError(
                .limited, "rate-limited", "There are too many requests before this one; wait a little.",
                retryAfter: max(turn, .seconds(1)))
        }
        try await world.time.sleep(for: turn)
    }

    private func authenticate(_ request: Request, _ route: GatewayRoute, _ pass: inout Pass) async throws {
        guard let authenticator, let token = request.bearerToken else { return }
        do {
            pass.context.principal = try await authenticator.principal(for: token)
            pass.context.token = token
        } catch {
            // Whoever guesses tokens is counted by address, like anybody who has none.
            pass.standing = limiter.take(route.limitClass, principal: nil, address: request.remoteAddress)
            throw pass.standing?.refusal ?? error
        }
    }

    private func forward(
        _ request: Request, _ route: GatewayRoute, _ guardian: CallGuard?, before deadline: Deadline,
        _ context: CallContext
    ) async throws -> Response {
        var request = request
        request.headers[.userID] = context.principal?.id
        request.headers[.userRole] = context.principal?.role.rawValue
        request.headers[.forwardedFor] = request.remoteAddress.isEmpty ? nil : request.remoteAddress
        if let own = local[route.service] {
            request.carry(context)
            return await own.respond(to: request)
        }
        guard let guardian else { throw ServiceError.unavailable(route.service) }
        return try await calls.send(request, to: route.service, through: guardian, before: deadline, context)
    }

    private func answer(_ request: Request, _ own: RouteTable.Own, _ table: RouteTable) async -> Response {
        switch own {
        case .health: return GatewayHealth.response(await health.report())
        case .live: return GatewayHealth.response(health.live())
        case .ready: return GatewayHealth.response(await health.ready())
        case .openAPI: return await documents.response(to: request, table)
        }
    }

    /// Takes away what only the inside may say of a caller.
    private static func strip(_ request: inout Request) {
        for name in [HTTPField.Name.userID, .userRole, .serviceID, .forwardedFor] { request.headers[name] = nil }
    }
}

extension HTTPField.Name {
    /// Whom the gateway asks for.
    fileprivate static let forwardedFor = constant("X-Forwarded-For")
}
