internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import FlotillaSecurity
internal import HTTPTypes

/// The key set of the identity's service, for one of those who check tokens.
struct FleetKeys: JWKSSource {
    weak let fleet: Fleet?
    let keeper: KeyKeeper

    func jwks() async throws -> [UInt8] { try await keys(isUrgent: true).json }

    func keys(isUrgent: Bool) async throws -> IssuedKeys {
        guard let fleet else { throw ServiceError.unavailable("the fleet") }
        return try await keeper.keys(isUrgent: isUrgent) { try await fleet.askForKeys($0, $1) }
    }
}

extension Fleet {
    /// The name by which the fleet itself asks a service, in policies and metrics.
    public static let caller = "fleet"

    /// Asks the identity's service for its key set, without a socket and through the guard of that call.
    ///
    /// - Throws: what the guard throws; at once, and without counting against the service, while it is stopped.
    func askForKeys(_ guardian: CallGuard, _ context: CallContext) async throws -> [UInt8] {
        guard let identity = options.identity else { throw ServiceError.notFound("identity") }
        guard responder(for: identity.service) != nil else {
            throw guardian.noInstance(of: identity.service, context)
        }
        do {
            return try await guardian.run(context) { attempt in
                guard let responder = self.responder(for: identity.service) else {
                    throw ServiceError.noInstance(of: identity.service)
                }
                var request = Request(.get, identity.keysPath)
                request.carry(attempt)
                let response = await responder.respond(to: request)
                if let answer = UnsuccessfulAnswer(response) { throw answer }
                return try await response.collect(bytesMax: IssuedKeys.bytesMax)
            }
        } catch is UnsuccessfulAnswer {
            throw ServiceError.unavailable(identity.service, retryAfter: nil)
        }
    }
}
