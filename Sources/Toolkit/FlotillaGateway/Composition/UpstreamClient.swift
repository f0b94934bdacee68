public import FlotillaCore
public import FlotillaHTTP
public import FlotillaObservability
public import FlotillaResilience
internal import HTTPTypes

/// Asks services on behalf of a caller, to compose one answer of several (API composition).
public struct UpstreamClient: Sendable {
    private let calls: ServiceCalls
    private let policies: PolicyRegistry
    private let telemetry: Telemetry
    private let world: World

    /// - Parameters:
    ///   - policies: where the guards of the calls are found, as `edge → orders`; without an entry they go by
    ///     ``CallPolicy/forwarding``.
    ///   - telemetry: that of the caller, by whose name the services know who asks.
    public init(directory: any ServiceDirectory, policies: PolicyRegistry, telemetry: Telemetry, world: World) {
        calls = ServiceCalls(directory: directory, world: world)
        self.policies = policies
        self.telemetry = telemetry
        self.world = world
    }

    /// What `service` answers to a `GET`, asked with the caller's own token, trace and deadline.
    ///
    /// - Parameters:
    ///   - path: percent-encoded.
    ///   - query: percent-encoded, without the `?`.
    ///   - timeout: how long to wait at most; the deadline of the context can only shorten it.
    /// - Throws: ``UpstreamProblem`` when it answers with one, ``ServiceError`` when it is away, too slow,
    ///   or answers with something else than JSON.
    public func get(
        _ service: String, _ path: String, query: String = "", timeout: Duration = .seconds(2),
        _ context: CallContext
    ) async throws -> JSONValue {
        try await telemetry.span("GET \(service)", context, kind: .client) { context in
            let deadline = Deadline(in: timeout, on: world.time)
            let response = try await calls.send(
                Request(.get, path, query: query), to: service,
                through: policies.callGuard(from: telemetry.service, to: service, standard: .forwarding),
                before: deadline, context)
            var context = context
            context.deadline = min(context.deadline, deadline)
            return try await withDeadline(context, on: world.time, of: service) { _ in
                let bytes = try await response.collect(bytesMax: 4 << 20)
                guard response.status.kind == .successful else {
                    // The problem document is a courtesy: without it the status still counts.
                    throw UpstreamProblem(service, response, try? JSONValue(parsing: bytes))
                }
                return try parsed(bytes, of: service)
            }
        }
    }

    private func parsed(_ bytes: [UInt8], of service: String) throws(ServiceError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, bytesMax: 4 << 20)
        } catch {
            throw ServiceError(
                .unavailable, "unreadable-answer", "\(service) answered something that cannot be read.",
                cause: error)
        }
    }
}
