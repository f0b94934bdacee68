public import FlotillaCore
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaResilience
public import FlotillaRPC
public import FlotillaStorage

/// How a fleet is run in this process.
public struct FleetOptions: Sendable {
    /// Every service has a folder of its own below it.
    public var dataFolder: String
    public var world: World
    public var sink: any LogSink
    public var level: LogLevel
    public var spans: SpanStore
    public var database: Database.Options
    public var policies: PolicyBook
    /// The policy file of the fleet, for doors, replicas and the consumers, activities and databases of services, as it
    /// is now and as it changes; nil: they go by their own. Its calls are ``policies``.
    public var livePolicies: LivePolicies?
    /// Who issues the tokens of callers; nil in fleets without users.
    public var identity: Identity?
    /// Settings by service's name.
    public var settings: [String: ServiceSettings]
    /// What is different around some services, by name. For simulations, where each has a machine of its own.
    public var machines: [String: Machine] = [:]
    /// How many copies of a service run, by name; 1 of those that are not named. They share the service's database.
    public var replicas: [String: Int] = [:]
    /// How requests are spread over the replicas of a service.
    public var balancer = BalancerPolicy()
    /// When a replica gets no requests for a while; nil: never.
    public var outliers: OutlierPolicy? = OutlierPolicy()
    /// What is different around some replicas. For simulations, which stall one of them or set its clock wrong.
    public var seats: [Replica: Seat] = [:]
    /// How long work stays with a replica that is not heard of.
    public var leases = LeasePolicy()
    /// Makes what carries messages; the embedded broker unless a simulation wants another.
    public var broker: @Sendable ([Interest], any TimeSource) -> any Broker = {
        EmbeddedBroker(interests: $0, time: $1)
    }
    /// What carries the calls between services; nil: they are handed over.
    public var link: (any RPCLink)?

    /// What a machine decides about the service on it: its clock and its disk.
    public struct Machine: Sendable {
        public var world: World
        public var database: Database.Options

        public init(world: World, database: Database.Options) {
            self.world = world
            self.database = database
        }
    }

    /// Where one replica runs: its clock, and what its tasks run on.
    public struct Seat: Sendable {
        public var world: World
        public var executor: any TaskExecutor

        public init(world: World, executor: any TaskExecutor) {
            self.world = world
            self.executor = executor
        }
    }

    /// The issuer of tokens: a service of the fleet that publishes its keys.
    public struct Identity: Sendable {
        public var issuer: String
        public var audience: String
        /// The service that answers `GET keysPath` with its key set.
        public var service: String
        public var keysPath: String
        /// How long the key set that was published last is used when the service cannot be asked, over restarts too.
        /// Whoever leaves takes a key away by then at the latest; zero: not at all.
        public var keysKeptFor = Duration.seconds(86_400)

        public init(issuer: String, audience: String, service: String, keysPath: String = "/.well-known/jwks.json") {
            self.issuer = issuer
            self.audience = audience
            self.service = service
            self.keysPath = keysPath
        }
    }

    public init(
        dataFolder: String, world: World = .system(), sink: any LogSink = NullLogSink(), level: LogLevel = .info,
        spans: SpanStore = SpanStore(), database: Database.Options = Database.Options(),
        policies: PolicyBook = PolicyBook(), identity: Identity? = nil, settings: [String: ServiceSettings] = [:]
    ) {
        self.dataFolder = dataFolder
        self.world = world
        self.sink = sink
        self.level = level
        self.spans = spans
        self.database = database
        self.policies = policies
        self.identity = identity
        self.settings = settings
    }

    func world(of service: String) -> World { machines[service]?.world ?? world }

    func world(of replica: Replica) -> World { seats[replica]?.world ?? world(of: replica.service) }

    /// How many copies of a service there are to be.
    public func replicaCount(of service: String) -> Int { max(1, replicas[service] ?? 1) }

    func database(of service: String) -> Database.Options {
        var options = machines[service]?.database ?? database
        livePolicies?.current.file.bound(&options, of: service)
        return options
    }

    /// How the consumer of a service tries again.
    func redelivery(of service: String) -> RedeliveryPolicy {
        livePolicies?.current.file.redelivery(of: service) ?? RedeliveryPolicy()
    }

    /// How many messages the consumer of a service handles in one transaction.
    func batchMax(of service: String) -> Int {
        livePolicies?.current.file.delivery(for: service).entry.bounds.batchMax ?? Consumer.batchMax
    }
}
