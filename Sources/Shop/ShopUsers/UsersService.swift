internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRPC
public import FlotillaRuntime
internal import FlotillaSecurity
public import FlotillaStorage
internal import ShopContracts

/// Users: accounts, sign-in, profiles and addresses; the issuer of the tokens every service verifies.
///
/// Owns: users (e-mail address, name and password hash), address books, sessions, and the keys that sign tokens and
/// seal personal data.
///
/// Publishes: `user-registered`, `user-updated`, `user-erased`. Consumes: nothing. Calls: nobody.
///
/// Answers over gRPC: `UserService.GetUser`.
///
/// Invariants:
/// - one account for an e-mail address, whatever its case;
/// - neither passwords nor refresh tokens are stored, only a scrypt hash and a digest; e-mail addresses, names and
///   postal addresses are stored sealed;
/// - of each session only the newest refresh token is good; an older one ends the session;
/// - an event is sent if and only if its change is durable.
///
/// Settings: `issuer` and `audience` (both go into tokens), `accessTokenLifetime` (1 s to 1 h) and
/// `refreshTokenLifetime`, `passwordHashing` (`thread`, or `inline` for the simulation), `passwordCost` (scrypt's
/// log₂ N, 4 to 18), `demoUsers` (`on` makes the demo accounts).
public struct UsersService: ServiceBlueprint {
    /// What the setting `issuer` is when nothing else is set: the gateway's address on a developer's machine.
    public static let defaultIssuer = "http://127.0.0.1:8080"
    /// What the setting `audience` is when nothing else is set.
    public static let defaultAudience = "shop"

    public init() {}

    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "users",
            purpose: "Knows who people are, so that no other service has to keep passwords or personal data.",
            publishes: [UserRegistered.messageType, UserUpdated.messageType, UserErased.messageType],
            operations: ["GetUser"], schedules: ["prune-sessions": .seconds(3600)])
    }

    public var migrations: [MigrationSet] { [UsersSchema.migrations] }

    /// - Throws: `key-file`, `vault-keys` and others when the service's keys cannot be used; `bad-setting`.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let context = try Self.context(needs)
        if needs.settings.text("demoUsers", default: "off") == "on" {
            try await DemoUsers(context: context)(.root(needs.world, timeout: .seconds(30)))
        }
        let verifier = TokenVerifier(
            issuer: context.tokens.issuer, audience: context.tokens.audience, keys: context.tokens,
            world: needs.world)
        var routes = Routes(prefix: "/api/v1")
        UserRoutes(context: context).add(to: &routes)
        SessionRoutes(context: context, verifier: verifier).add(to: &routes)
        AddressRoutes(context: context).add(to: &routes)
        var rootRoutes = Routes()
        IdentityRoutes(context: context).add(to: &rootRoutes)
        OAuthRoute(context: context).add(to: &rootRoutes)
        routes.add(rootRoutes)
        return ServiceParts(
            routes: routes, rpc: [RPCService(UserRPC(context: context))],
            jobs: [Job("prune-sessions", every: .seconds(3600)) { _ in try await PruneSessions(context: context)() }])
    }

    static func context(_ needs: ServiceNeeds) throws -> UsersContext {
        let settings = try UsersSettings(needs.settings)
        let keys = try UsersKeys(folder: needs.folder, random: needs.world.random)
        let vault = Vault(ring: keys.vault, random: needs.world.random)
        return UsersContext(
            world: needs.world, database: needs.database, outbox: needs.outbox, telemetry: needs.telemetry,
            users: UserStore(vault: vault, index: keys.index), sessions: SessionStore(),
            addresses: AddressStore(vault: vault),
            hasher: PasswordHasher(
                world: needs.world, parameters: settings.passwordParameters, execution: settings.passwordExecution),
            tokens: TokenIssuer(
                issuer: settings.issuer, audience: settings.audience, key: keys.signing, retired: keys.retired,
                world: needs.world),
            // Counted together: a second replica is no second chance to guess.
            throttle: needs.database.shared { AttemptThrottle(time: needs.world.time) }, lifetimes: settings.lifetimes)
    }
}
