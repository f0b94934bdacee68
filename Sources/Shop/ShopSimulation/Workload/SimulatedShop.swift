internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaSecurity
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import HTTPTypes
internal import ShopEdge

/// The simulated Shop as its customers see it: the real gateway, with the lab's network on both sides.
final class SimulatedShop: Sendable {
    let lab: Lab
    private let gateway: Gateway

    /// - Parameter policies: what the gateway's calls go by.
    init(_ lab: Lab, policies: PolicyBook = PolicyBook()) throws {
        self.lab = lab
        let policies = PolicyRegistry(world: lab.world, book: policies)
        lab.watch(policies)
        let verifier = TokenVerifier(
            issuer: "http://shop.simulated", audience: "shop", keys: LabKeys(lab: lab), world: lab.world)
        gateway = try ShopGateway.make(
            directory: LabDirectory(lab: lab), policies: policies, verifier: verifier, limits: .off,
            facts: ShopFacts(publicURL: "http://shop.simulated", operationsURL: nil),
            telemetry: Telemetry(
                service: "gateway", world: lab.world, sink: lab.trace, spans: SpanStore(capacity: 0),
                level: lab.trace.level),
            world: lab.world)
    }

    /// Sends a request from outside.
    ///
    /// - Returns: the answer; status 504 when none came.
    func send(_ request: Request, from caller: String, about subject: String = "") async -> Reply {
        let response: Response
        do {
            response = try await lab.network.carry(from: caller, to: "gateway", method: request.path) {
                await self.gateway.respond(to: request)
            }
        } catch {
            response = .text("no answer", status: .gatewayTimeout)
        }
        let reply = await Reply(response)
        lab.trace.note(
            caller, "\(request.method.rawValue) \(request.path) -> \(reply.status)\(reply.problem)",
            about: subject.isEmpty ? reply.text("id") ?? "" : subject, correlation: reply.correlation)
        return reply
    }
}

/// An answer from the Shop, read to its end.
struct Reply: Sendable {
    let status: Int
    let json: JSONValue?
    let correlation: String

    init(_ response: Response) async {
        status = response.status.code
        correlation = HTTPField.Name("X-Correlation-ID").flatMap { response.headers[$0] } ?? ""
        var json: JSONValue?
        // A body that is none counts as no body; the status says all that is needed then.
        if let bytes = try? await response.collect() { json = try? JSONValue(parsing: bytes) }
        self.json = json
    }

    func text(_ field: String) -> String? { json?[field]?.string }

    /// Whether the request may have been carried out, or not: asking again is the only way to know.
    var isUnknown: Bool { status >= 500 || status == 429 || status == 401 }

    /// The problem's type, for the trace.
    var problem: String { status >= 400 ? " " + (text("type") ?? "") : "" }
}

/// The gateway's way to the services.
private struct LabDirectory: ServiceDirectory {
    let lab: Lab

    func responder(for service: String) -> (any Responder)? {
        lab.fleet?.instance(of: service) == nil ? nil : LabResponder(lab: lab, service: service)
    }
}

private struct LabResponder: Responder {
    let lab: Lab
    let service: String

    func respond(to request: Request) async -> Response { await lab.call(service, request) }
}

private struct LabKeys: JWKSSource {
    let lab: Lab

    func jwks() async throws -> [UInt8] {
        let response = await lab.call("users", Request(.get, "/.well-known/jwks.json"))
        guard response.status == .ok else { throw ServiceError.unavailable("users") }
        return try await response.collect()
    }
}
