internal import FlotillaCore
internal import FlotillaRuntime
internal import FlotillaSecurity

/// The service's settings, checked.
struct UsersSettings: Sendable {
    var issuer: String
    var audience: String
    var lifetimes: TokenLifetimes
    var passwordParameters: ScryptParameters
    var passwordExecution: PasswordHasher.Execution

    /// - Throws: ``ServiceError`` `bad-setting` naming the key, the value and what is allowed.
    init(_ settings: ServiceSettings) throws {
        issuer = settings.text("issuer", default: UsersService.defaultIssuer)
        guard issuer.hasPrefix("http://") || issuer.hasPrefix("https://"), !issuer.hasSuffix("/") else {
            throw Self.bad("issuer", issuer, "a URL with http or https, without a slash at its end")
        }
        audience = settings.text("audience", default: UsersService.defaultAudience)
        guard (1...64).contains(audience.utf8.count) else {
            throw Self.bad("audience", audience, "1 to 64 characters")
        }
        let standard = TokenLifetimes()
        lifetimes = TokenLifetimes(
            access: settings.duration("accessTokenLifetime", default: standard.access),
            refresh: settings.duration("refreshTokenLifetime", default: standard.refresh))
        guard lifetimes.access >= .seconds(1), lifetimes.access <= TokenIssuer.lifetimeMax else {
            throw Self.bad("accessTokenLifetime", "\(lifetimes.access)", "1 s to 1 h")
        }
        guard lifetimes.refresh >= lifetimes.access, lifetimes.refresh <= .seconds(365 * 86_400) else {
            throw Self.bad("refreshTokenLifetime", "\(lifetimes.refresh)", "accessTokenLifetime to 365 days")
        }
        let cost = settings.number("passwordCost", default: ScryptParameters.standard.ln)
        guard (4...18).contains(cost) else { throw Self.bad("passwordCost", "\(cost)", "4 to 18") }
        passwordParameters = ScryptParameters(ln: cost, r: 8, p: 1)
        switch settings.text("passwordHashing", default: "thread") {
        case "thread": passwordExecution = .thread
        case "inline": passwordExecution = .inline
        case let other: throw Self.bad("passwordHashing", other, "thread or inline")
        }
    }

    private static func bad(_ key: String, _ value: String, _ allowed: String) -> ServiceError {
        ServiceError(
            .internal, "bad-setting", "The setting \(key) of users is \"\(value)\"; allowed is \(allowed).")
    }
}
