public import FlotillaCore
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaResilience
public import FlotillaRPC
public import FlotillaSecurity
public import FlotillaStorage

/// What a service is given: everything it may touch outside itself.
public struct ServiceNeeds: Sendable {
    public var world: World
    /// The service's own database; no other service has it.
    public var database: Database
    /// Where its messages go, in the transaction of the change they tell about.
    public var outbox: Outbox
    public var telemetry: Telemetry
    /// Where the services of the fleet find each other; see ``channel(to:)``.
    public var exchange: RPCExchange
    /// The policies every remote call goes through.
    public var policies: PolicyRegistry
    /// Verifies the tokens of callers; nil in fleets without users.
    public var verifier: TokenVerifier?
    /// The service's settings, by key (`dispatchDelay`), already validated.
    public var settings: ServiceSettings
    /// A folder of the service's own, for keys and files; it exists.
    public var folder: String
    /// What the policy file says of the service's activities, by their names; nil of those it does not speak of.
    public var activityPolicies: @Sendable (String) -> ActivityPolicy? = { _ in nil }

    public init(
        world: World, database: Database, outbox: Outbox, telemetry: Telemetry, exchange: RPCExchange,
        policies: PolicyRegistry, verifier: TokenVerifier?, settings: ServiceSettings, folder: String
    ) {
        self.world = world
        self.database = database
        self.outbox = outbox
        self.telemetry = telemetry
        self.exchange = exchange
        self.policies = policies
        self.verifier = verifier
        self.settings = settings
        self.folder = folder
    }

    /// The activities as the policy file wants them done.
    public func governed(_ activities: [Activity]) -> [Activity] {
        activities.map { activity in activityPolicies(activity.name).map { activity.going(by: $0) } ?? activity }
    }

    /// The channel to another service. It may be made before that service runs.
    public func channel(to service: String) -> RPCChannel {
        RPCChannel(to: service, on: exchange, policies: policies, telemetry: telemetry)
    }
}

/// A service's settings. What is not set has the default the service names when it asks.
public struct ServiceSettings: Sendable {
    private var texts: [String: String]
    private var durations: [String: Duration]
    private var numbers: [String: Int]

    public init(texts: [String: String] = [:], durations: [String: Duration] = [:], numbers: [String: Int] = [:]) {
        self.texts = texts
        self.durations = durations
        self.numbers = numbers
    }

    /// The text under `key`, or `value` when none was set.
    public func text(_ key: String, default value: String) -> String { texts[key] ?? value }

    /// The duration under `key`, or `value` when none was set.
    public func duration(_ key: String, default value: Duration) -> Duration { durations[key] ?? value }

    /// The number under `key`, or `value` when none was set.
    public func number(_ key: String, default value: Int) -> Int { numbers[key] ?? value }
}
