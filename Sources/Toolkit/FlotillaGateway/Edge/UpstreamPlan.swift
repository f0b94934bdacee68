internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaPolicies
internal import FlotillaProxy
internal import FlotillaResilience

/// One group of servers that are alike: where they are, how requests are spread over them, and what protects them.
struct UpstreamPlan: Sendable, Hashable {
    /// What the servers speak.
    enum Wire: String, Sendable, CaseIterable {
        case http
        case grpc
    }

    /// Set by whoever reads the names of a file.
    var name = ""
    /// As ``Upstream`` takes them.
    var instances: [String]
    var connectTimeout: Duration
    /// How long an upstream may be silent.
    var answerTimeout: Duration
    var wire: Wire
    var balancer: BalancerPolicy
    /// Nil: nobody is ejected.
    var outliers: OutlierPolicy?
    /// How long one attempt may take until its answer begins.
    var timeout: Duration?
    var retry: RetryPolicy?
    var breaker: BreakerPolicy?
    var limit: RateLimit?
    var bulkhead: BulkheadPolicy?

    /// Reads a group like this one, of which only `instances` has to be there:
    /// ```yaml
    /// instances: ["127.0.0.1:9000", "127.0.0.1:9001 weight=200"]
    /// balancer: { algorithm: least-request }
    /// outliers: { failures: 5 }
    /// timeout: 2s
    /// retry: { attempts: 2 }
    /// breaker: { failures: 10 }
    /// limit: { count: 500 }
    /// bulkhead: { concurrency: 100 }
    /// ```
    init(from fields: inout YAMLFields) {
        instances = fields.texts("instances", count: 1...1_000, "Their addresses, each address:port.")
        for text in instances where UpstreamInstance(text) == nil {
            fields.problem(
                at: "instances", value: text, "is no address",
                allowed: "address:port, as 127.0.0.1:9000, and with weight=1 to weight=1000 behind it")
        }
        wire = fields.choice("protocol", default: Wire.http, "What they speak.")
        connectTimeout = fields.duration(
            "connectTimeout", in: .milliseconds(1)...(.seconds(60)), default: .seconds(1),
            "How long a connection may take to be made.")
        answerTimeout = fields.duration(
            "answerTimeout", in: .milliseconds(1)...(.seconds(3_600)), default: .seconds(30),
            "How long an upstream may be silent.")
        balancer = fields.group("balancer", "How requests are spread.", PolicyParts.balancer)
        outliers = PolicyParts.optional(
            &fields, "outliers", "Who answers worse than the others gets no requests for a while.",
            PolicyParts.outliers)
        timeout = fields.optionalDuration(
            "timeout", in: PolicyParts.times, "How long one attempt may take until its answer begins.")
        retry = fields.optionalGroup(
            "retry", "What may be sent twice and failed is sent again, at once, to another instance.",
            PolicyParts.retryAtOnce)
        breaker = fields.optionalGroup(
            "breaker", "An upstream that fails is not asked for a while.", PolicyParts.breaker)
        limit = fields.optionalGroup("limit", "How many attempts there may be in a time.", PolicyParts.limit)
        bulkhead = fields.optionalGroup("bulkhead", "How many requests may be under way.", PolicyParts.room)
    }

    /// What its guard goes by; nil: nothing is said that needs one.
    var policy: CallPolicy? {
        guard timeout != nil || retry != nil || breaker != nil || limit != nil || bulkhead != nil else { return nil }
        return CallPolicy(
            name: name, timeout: timeout ?? PolicyParts.times.upperBound, retry: retry, breaker: breaker,
            bulkhead: bulkhead, limit: limit)
    }
}

#if os(Linux)
    extension UpstreamPlan {
        private var limits: UpstreamLimits {
            var limits = UpstreamLimits()
            (limits.connectTimeout, limits.answerTimeout) = (connectTimeout, answerTimeout)
            return limits
        }

        /// The upstream as it is told here. Names are looked up, which may wait.
        ///
        /// - Throws: ``ServiceError`` `upstream-address` for a name nobody knows an address for.
        func upstream(_ world: World) throws(ServiceError) -> Upstream {
            try Upstream(
                name, instances: instances, limits: limits, balancer: balancer, outliers: outliers, world: world)
        }

        /// Changes an upstream that was made of `old`, with its connections and what is known of its instances.
        ///
        /// - Returns: false when that cannot be: what is different holds for new upstreams only.
        /// - Throws: as ``upstream(_:)``; nothing has changed then.
        func change(_ upstream: Upstream, from old: UpstreamPlan) throws(ServiceError) -> Bool {
            guard name == old.name, limits == old.limits, wire == old.wire else { return false }
            if instances != old.instances { try upstream.replace(instances: instances) }
            upstream.balancer.adopt(balancer, outliers: outliers)
            return true
        }

        /// What all requests to it go by, if it says anything; see ``Forward/admit(by:now:then:)``.
        func callGuard(_ world: World, observer: GuardObserver? = nil) -> CallGuard? {
            policy.map { CallGuard(target: "gateway → \(name)", policy: $0, world: world, observer: observer) }
        }
    }
#endif
