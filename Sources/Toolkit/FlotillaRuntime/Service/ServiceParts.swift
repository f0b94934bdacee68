public import FlotillaCore
public import FlotillaHTTP
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaRPC
public import FlotillaSagas

/// What a service consists of, handed to its host, which runs it.
public struct ServiceParts: Sendable {
    public var routes: Routes
    public var rpc: [RPCService]
    public var handlers: [MessageHandler]
    public var activities: Activities?
    public var sagas: SagaEngine?
    public var jobs: [Job]
    public var healthChecks: [HealthCheck]

    public init(
        routes: Routes, rpc: [RPCService] = [], handlers: [MessageHandler] = [], activities: Activities? = nil,
        sagas: SagaEngine? = nil, jobs: [Job] = [], healthChecks: [HealthCheck] = []
    ) {
        self.routes = routes
        self.rpc = rpc
        self.handlers = handlers
        self.activities = activities
        self.sagas = sagas
        self.jobs = jobs
        self.healthChecks = healthChecks
    }
}

/// Something a service does again and again of its own accord.
public struct Job: Sendable {
    public var name: String
    /// From the end of one run to the start of the next.
    public var interval: Duration
    public var run: @Sendable (CallContext) async throws -> Void

    public init(
        _ name: String, every interval: Duration, _ run: @escaping @Sendable (CallContext) async throws -> Void
    ) {
        self.name = name
        self.interval = interval
        self.run = run
    }
}
