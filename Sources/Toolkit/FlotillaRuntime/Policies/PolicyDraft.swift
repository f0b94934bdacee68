internal import FlotillaConfiguration
internal import FlotillaMessaging
internal import FlotillaPolicies
internal import FlotillaResilience

/// What a policy file says, before names are looked up.
struct PolicyDraft {
    /// One of `policies:`.
    struct Policy {
        var about: String?
        var like: String?
        var timeout: YAMLForm<Never>?
        var retry: YAMLForm<RetryPolicy>?
        var breaker: YAMLForm<BreakerPolicy>?
        var bulkhead: YAMLForm<BulkheadPolicy>?
        var limit: YAMLForm<RateLimit>?
        var hedge: YAMLForm<HedgePolicy>?
        var minimumTime: Duration?
        var balancer: YAMLForm<BalancerPolicy>?
        var outliers: YAMLForm<OutlierPolicy>?
    }

    var timeouts: [YAMLNamed<Duration>]
    var retries: [YAMLNamed<RetryPolicy>]
    var breakers: [YAMLNamed<BreakerPolicy>]
    var pools: [YAMLNamed<BulkheadPolicy>]
    var limits: [YAMLNamed<RateLimit>]
    var hedges: [YAMLNamed<HedgePolicy>]
    var balancers: [YAMLNamed<BalancerPolicy>]
    var outliers: [YAMLNamed<OutlierPolicy>]
    var adaptive: [YAMLNamed<AdaptiveLimit>]
    var deliveries: [YAMLNamed<DeliveryBounds>]
    var activities: [YAMLNamed<ActivityBounds>]
    var stores: [YAMLNamed<StoreBounds>]
    var policies: [YAMLNamed<Policy>]
    var calls: [YAMLNamed<String>] = []
    var doors: [YAMLNamed<String>] = []
    var consumers: [YAMLNamed<String>] = []
    var activityTargets: [YAMLNamed<String>] = []
    var databases: [YAMLNamed<String>] = []
    var bounds: PlanBounds

    init(_ fields: inout YAMLFields) {
        timeouts = fields.namedDurations("timeouts", in: PolicyParts.times, "How long one attempt may take.")
        retries = fields.named("retries", "How often and when failed calls are made again.", PolicyParts.retry)
        breakers = fields.named("breakers", "When a callee that fails is not called.", PolicyParts.breaker)
        pools = fields.named(
            "pools", "How many calls are under way at once. Targets of one caller that name a pool share its room.",
            PolicyParts.pool)
        limits = fields.named("limits", "How many calls may be made in a time.", PolicyParts.limit)
        hedges = fields.named("hedges", "When a slow call is made once more beside itself.", PolicyParts.hedge)
        balancers = fields.named("balancers", "How instances are chosen.", PolicyParts.balancer)
        outliers = fields.named("outliers", "When an instance is not chosen for a while.", PolicyParts.outliers)
        adaptive = fields.named(
            "adaptive", "How many requests a door lets in at once, by measuring what they take.",
            PolicyParts.adaptive)
        deliveries = fields.named("deliveries", "How consumers try failed messages again.", Self.delivery)
        activities = fields.named(
            "activities", "How what services ask of the outside is done.", Self.activity)
        stores = fields.named("stores", "What databases take on.", Self.store)
        policies = fields.named("policies", "Named policies, made of the parts above.", Self.policy)
        (calls, doors, consumers, activityTargets, databases) = fields.group(
            "targets", "What the policies go with."
        ) { fields in
            (
                fields.attachments(
                    "calls", of: "policies",
                    "orders → catalog.GetProducts, orders → catalog, catalog.GetProducts, catalog, "
                        + "orders → * or *; the most specific holds."),
                fields.attachments("doors", of: "adaptive", "Where requests come in: gateway."),
                fields.attachments("consumers", of: "deliveries", "The consumer of a service, or *."),
                fields.attachments(
                    "activities", of: "activities", "payments.charge-card, all of a service, or *."),
                fields.attachments("databases", of: "stores", "The database of a service, or *.")
            )
        }
        bounds = fields.group("plan", "What all calls together may come to; checked before the fleet starts.") {
            let usual = PlanBounds()
            return PlanBounds(
                attemptsMax: $0.int(
                    "attemptsMax", in: 1...1_000, default: usual.attemptsMax,
                    "So many calls one service may receive for one request."),
                loadMax: $0.double(
                    "loadMax", in: 1...10, default: usual.loadMax,
                    "So many times its load a failing service may receive, by the retry budgets multiplied."))
        }
    }

    private static func policy(_ fields: inout YAMLFields) -> Policy {
        let none = ConfigurationType.choice([PolicyCompiler.none])
        return Policy(
            about: fields.optionalText("about", "What it is for, in a sentence."),
            like: fields.optionalText("like", "A policy whose parts hold where this one has none."),
            timeout: fields.form(
                "timeout", .duration(PolicyParts.times), orNameOf: "timeouts", "How long one attempt may take.",
                orGroup: nil),
            retry: fields.form(
                "retry", none, orNameOf: "retries", "How it is made again.", orGroup: PolicyParts.retry),
            breaker: fields.form(
                "breaker", none, orNameOf: "breakers", "When it is not made.", orGroup: PolicyParts.breaker),
            bulkhead: fields.form(
                "bulkhead", none, orNameOf: "pools", "How many at once; in place, the room is the target's own.",
                orGroup: PolicyParts.pool),
            limit: fields.form(
                "limit", none, orNameOf: "limits", "How many in a time.", orGroup: PolicyParts.limit),
            hedge: fields.form(
                "hedge", none, orNameOf: "hedges", "When it is made beside itself.", orGroup: PolicyParts.hedge),
            minimumTime: fields.optionalDuration(
                "minimumTime", in: PolicyParts.waits, "With less time left it is not begun."),
            balancer: fields.form(
                "balancer", none, orNameOf: "balancers", "Which instance.", orGroup: PolicyParts.balancer),
            outliers: fields.form(
                "outliers", none, orNameOf: "outliers", "Which instance not.", orGroup: PolicyParts.outliers))
    }

    static func delivery(_ fields: inout YAMLFields) -> DeliveryBounds {
        DeliveryBounds(
            redelivery: RedeliveryBounds(
                attemptsMax: fields.int(
                    "attempts", in: 1...1_000, default: 6, "All tries, the first included; then it is a dead letter."),
                firstDelay: fields.duration(
                    "first", in: PolicyParts.times, default: .milliseconds(200), "The pause after the first failure."),
                delayMax: fields.duration(
                    "longest", in: PolicyParts.times, default: .seconds(60), "It doubles each time up to this.")),
            batchMax: fields.int(
                "batch", in: 1...10_000, default: Consumer.batchMax, "Messages that share a transaction at the most."))
    }

    static func activity(_ fields: inout YAMLFields) -> ActivityBounds {
        ActivityBounds(
            timeout: fields.duration(
                "timeout", in: PolicyParts.times, default: .seconds(30), "How long one try may take."),
            concurrencyMax: fields.int(
                "concurrency", in: 1...10_000, default: 64, "How many may be under way at a time."),
            redelivery: RedeliveryBounds(
                attemptsMax: fields.int(
                    "attempts", in: 1...100_000, default: 1_000, "All tries, the first included."),
                firstDelay: fields.duration(
                    "first", in: PolicyParts.times, default: .milliseconds(200), "The pause after the first failure."),
                delayMax: fields.duration(
                    "longest", in: PolicyParts.times, default: .seconds(60), "It doubles each time up to this.")))
    }

    static func store(_ fields: inout YAMLFields) -> StoreBounds {
        StoreBounds(
            queuedWritesMax: fields.int(
                "queuedWrites", in: 1...1_000_000, default: 16_384, "Writes that may wait; one more is refused."),
            groupWritesMax: fields.int(
                "groupWrites", in: 1...10_000, default: 512, "Writes that share one commit at the most."))
    }
}
