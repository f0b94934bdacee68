internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage

/// What the use cases share: the service's own parts and what it was given.
struct UsersContext: Sendable {
    let world: World
    let database: Database
    let outbox: Outbox
    let telemetry: Telemetry
    let users: UserStore
    let sessions: SessionStore
    let addresses: AddressStore
    let hasher: PasswordHasher
    let tokens: TokenIssuer
    let throttle: AttemptThrottle
    let lifetimes: TokenLifetimes
}

/// How long tokens are good.
struct TokenLifetimes: Sendable {
    /// 1 s to 1 h.
    var access: Duration = .seconds(15 * 60)
    /// Counted anew with each renewal.
    var refresh: Duration = .seconds(30 * 86_400)
}
