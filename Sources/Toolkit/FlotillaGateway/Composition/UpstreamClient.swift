public import FlotillaCore
public import FlotillaHTTP
public import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes

/// Asks services on behalf of a caller, to compose one answer of several (API composition).
public struct UpstreamClient: Sendable {
    private let directory: any ServiceDirectory
    private let telemetry: Telemetry
    private let world: World

    public init(directory: any ServiceDirectory, telemetry: Telemetry, world: World) {
        self.directory = directory
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
            guard let responder = directory.responder(for: service) else {
                throw ServiceError.unavailable(service)
            }
            var context = context
            context.deadline = context.deadline.shortened(to: timeout, on: world.time)
            return try await withDeadline(context, on: world.time, of: service) { context in
                var request = Request(.get, path, query: query)
                request.carry(context)
                let response = await responder.respond(to: request)
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
