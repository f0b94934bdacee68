internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaStorage

/// How what goes by a policy does now.
enum PolicyLive: JSONWritable {
    case call(GuardSnapshot)
    case door(LoadShedderSnapshot)
    case balancer(BalancerSnapshot)
    case consumer(Consumer)
    case activity([ActivitySnapshot])
    case database(Database)

    func write(to json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .call(let shot): Self.write(shot, &json)
            case .door(let shot): Self.write(shot, &json)
            case .balancer(let shot): Self.write(shot, &json)
            case .consumer(let consumer):
                json.field("attemptsMax", consumer.policy.attemptsMax)
                json.field("batchMax", consumer.batchMax)
                json.field("parkedSubjects", consumer.parkedSubjects)
            case .activity(let shots):
                json.field("running", shots.reduce(0) { $0 + $1.running })
                json.field("waiting", shots.reduce(0) { $0 + $1.waiting })
                json.field("isBehind", shots.contains { $0.isBehind })
                json.field("concurrencyMax", shots.first?.policy.concurrencyMax)
            case .database(let database):
                json.field("queuedWrites", database.queuedWrites)
                json.field("queuedWritesMax", database.queuedWritesMax)
                json.field("groupWritesMax", database.groupWritesMax)
            }
        }
    }

    private static func write(_ shot: GuardSnapshot, _ json: inout JSONWriter) {
        json.field("calls", shot.calls)
        json.field("attempts", shot.attempts)
        json.field("failures", shot.failures)
        json.field("timeouts", shot.timeouts)
        json.field("hedges", shot.hedges)
        json.field("refused", shot.ends.refused)
        if let breaker = shot.breaker { json.object("breaker") { write(breaker, &$0) } }
        if let bulkhead = shot.bulkhead {
            json.object("pool") { json in
                json.field("name", bulkhead.policy.pool)
                json.field("running", bulkhead.running)
                json.field("waiting", bulkhead.waiting)
                json.field("refusals", bulkhead.refusals)
                json.field("concurrencyMax", bulkhead.policy.concurrencyMax)
                json.field("queueMax", bulkhead.policy.queueMax)
                json.field("isForced", bulkhead.isForced)
            }
        }
        if let saved = shot.retriesSaved {
            json.object("budget") { json in
                json.field("retriesSaved", saved)
                json.field("isForced", shot.isBudgetHeld)
            }
        }
        if let remaining = shot.limitRemaining { json.object("limit") { $0.field("remaining", remaining) } }
    }

    private static func write(_ breaker: BreakerSnapshot, _ json: inout JSONWriter) {
        json.field("state", breaker.state.rawValue)
        json.field("forced", breaker.forced?.rawValue)
        json.field("openings", breaker.openings)
        json.field("refusals", breaker.refusals)
        json.field("consecutiveFailures", breaker.consecutiveFailures)
        json.field("recentCalls", breaker.recentCalls)
        json.field("failureRate", breaker.failureRate)
        json.field("slowCallRate", breaker.slowCallRate)
        json.field("inStateForMs", Int(breaker.inStateFor.milliseconds))
        json.field("retryAfterMs", breaker.retryAfter.map { Int($0.milliseconds) })
    }

    private static func write(_ shot: LoadShedderSnapshot, _ json: inout JSONWriter) {
        json.field("limit", shot.limit)
        json.field("forced", shot.isOff ? "off" : shot.isForced ? "held" : nil)
        json.field("inFlight", shot.inFlight)
        json.field("latencyMs", shot.latency / .milliseconds(1))
        json.field("stretch", shot.stretch)
        json.field("isProbing", shot.isProbing)
        json.field("falls", shot.falls)
        json.field("probes", shot.probes)
        json.array("priorities", shot.calls) { json, calls in
            json.field("priority", calls.priority.rawValue)
            json.field("share", shot.policy.share(of: calls.priority))
            json.field("admitted", calls.admitted)
            json.field("shed", calls.shed)
        }
    }

    private static func write(_ shot: BalancerSnapshot, _ json: inout JSONWriter) {
        json.field("algorithm", shot.algorithm.rawValue)
        json.field("inFlight", shot.inFlight)
        json.field("picks", shot.picks)
        json.field("withoutInstance", shot.withoutInstance)
        json.field("ejects", shot.ejects)
        json.field("ejections", shot.ejections)
        json.field("spared", shot.spared)
        json.field("isPanicking", shot.isPanicking)
        json.array("instances", shot.endpoints) { json, entry in
            json.field("id", entry.instance.id.text)
            json.field("state", entry.state.name)
            json.field("forced", entry.forced?.rawValue)
            if case .ejected(let ejection) = entry.state { json.field("reason", ejection.reason.rawValue) }
            json.field("ejectedForMs", entry.ejectedFor.map { Int($0.milliseconds) })
            json.field("weight", entry.instance.weight)
            json.field("warmth", entry.warmth)
            json.field("inFlight", entry.inFlight)
            json.field("picks", entry.picks)
            json.field("failures", entry.failures)
            json.field("recentPeakMs", entry.recentPeak / .milliseconds(1))
        }
    }
}

extension PolicyAnswer {
    /// How what it is about does now; nil where nobody knows yet.
    func live(in fleet: Fleet) -> PolicyLive? {
        switch subject {
        case .call: fleet.policies.known(title).map { .call($0.snapshot()) }
        case .message: nil
        case .door(let name, _): fleet.policies.shedders[name].map { .door($0.snapshot()) }
        case .balancer(let service, _):
            fleet.balancerSnapshots().first { $0.service == service }.map { .balancer($0) }
        case .consumer(let service, _): fleet.consumer(of: service).map { .consumer($0) }
        case .activity(let name, _):
            fleet.activities(named: name).map { .activity($0) }
        case .database(let service, _): fleet.instance(of: service).map { .database($0.database) }
        }
    }
}

extension Fleet {
    /// An activity, `payments.charge-card`, in every replica that runs; nil while none does.
    fileprivate func activities(named name: String) -> [ActivitySnapshot]? {
        let service = String(name.prefix { $0 != "." })
        let shots = instances(of: service).flatMap { $0.activities?.snapshots() ?? [] }
            .filter { "\(service).\($0.name)" == name }
        return shots.isEmpty ? nil : shots
    }
}
