internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import HTTPTypes

/// `/ops/policies`: what every call goes by, where that is from, how it does now, and the levers.
struct PolicyOperations: Sendable {
    let fleet: Fleet
    let telemetry: Telemetry
    /// Nil in a fleet without a policy file.
    private var policies: LivePolicies? { fleet.options.livePolicies }

    init(fleet: Fleet, telemetry: Telemetry) {
        self.fleet = fleet
        self.telemetry = telemetry
    }

    func add(to routes: inout Routes) {
        routes.add(
            .get, "/ops/policies", access: .anyone, summary: "What every call, consumer and database goes by",
            answers: PolicyList.self
        ) { _ in
            Answer(list)
        }
        routes.add(
            .get, "/ops/policies/{target}", access: .anyone, summary: "What one call goes by, and where it is from",
            answers: PolicyEntry.self
        ) { call in
            let target = try name(call)
            guard let entry = list.items.first(where: { $0.target == target }) else {
                throw ServiceError.notFound("policy")
            }
            return Answer(entry)
        }
        for path in ["/ops/policies/{target}/breaker", "/ops/breakers/{target}"] {
            routes.add(
                .put, path, access: .anyone, summary: "Hold a breaker open, closed or disabled; auto lets go",
                input: BreakerLever.self, answers: BreakerAnswer.self
            ) { call, lever in
                Answer(try force(lever.state, try name(call), call.context))
            }
        }
        routes.add(
            .post, "/ops/policies/reload", access: .anyone, summary: "Read the policy file now",
            answers: PolicyList.self
        ) { call in
            guard let policies, policies.path != nil else {
                throw ServiceError(
                    .conflict, "no-policy-file",
                    "The policies are built in; start with a policy file to change them while the fleet runs.")
            }
            let isAdopted = policies.reload(into: fleet.policies)
            telemetry.log(
                .notice, "an operator had the policy file read", call.context, ["adopted": isAdopted ? "yes" : "no"])
            guard isAdopted else {
                throw ServiceError(
                    .conflict, "policy-file-refused",
                    "The policies stay as they were: " + policies.current.refusal.joined(separator: " "))
            }
            return Answer(list)
        }
    }

    private func name(_ call: Call) throws -> String {
        let text = call.parameter("target").replacing("->", with: "→")
        return text.split(separator: "→").map { part in part.filter { $0 != " " && $0 != "+" } }
            .joined(separator: PolicyBook.arrow)
    }

    /// Everything the file speaks of, and every call that was made, by target.
    private var list: PolicyList {
        let live = Dictionary(
            fleet.policies.snapshots().map { ($0.target, $0) }, uniquingKeysWith: { first, _ in first })
        guard let policies else {
            return PolicyList(
                items: live.values.sorted { $0.target < $1.target }.map { PolicyEntry(answer: nil, live: $0) },
                state: nil)
        }
        let state = policies.current
        let answers = PolicyAnswer.all(in: state.file, for: policies.shape)
        var items = answers.map { PolicyEntry(answer: $0, live: live[$0.title]) }
        let known = Set(answers.map(\.title))
        for snapshot in live.values.sorted(by: { $0.target < $1.target }) where !known.contains(snapshot.target) {
            items.append(PolicyEntry(answer: nil, live: snapshot))
        }
        return PolicyList(items: items, state: state)
    }

    private func force(
        _ state: BreakerLever.State, _ target: String, _ context: CallContext
    ) throws -> BreakerAnswer {
        guard let before = fleet.policies.snapshots().first(where: { $0.target == target }) else {
            throw ServiceError(
                .notFound, "not-found",
                "No call was made to \(target) yet, so it has no breaker. /ops/breakers lists those there are.")
        }
        guard let breaker = before.breaker else {
            throw ServiceError(
                .conflict, "no-breaker", "The policy '\(before.policy)' of \(target) has no breaker to hold.")
        }
        _ = fleet.policies.force(state.force, target: target)
        telemetry.log(
            .warning, "an operator forced a circuit breaker", context,
            [
                "audit": "breaker-forced", "target": target, "policy": before.policy,
                "from": breaker.forced?.rawValue ?? "auto", "to": state.rawValue, "state": breaker.state.rawValue,
            ])
        return BreakerAnswer(fleet.policies.snapshots().first { $0.target == target } ?? before)
    }
}

/// `{"state": "open"}`.
struct BreakerLever: RequestInput {
    enum State: String, CaseIterable, Sendable {
        case open, closed, disabled, auto

        var force: BreakerForce? { BreakerForce(rawValue: rawValue) }
    }

    let state: State

    init(from fields: inout FieldReader) { state = fields.value("state") }
}

/// The policies with the file they are from.
struct PolicyList: ResponseBody {
    var items: [PolicyEntry]
    var state: LivePolicies.State?

    static var example: PolicyList { PolicyList(items: [.example], state: nil) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("items", items)
            json.field("nextCursor", String?.none)
            guard let state else { return }
            json.object("file") { json in
                json.field("path", state.file.path)
                json.field("adoptedAt", state.adoptedAt)
                json.field("adoptions", state.adoptions)
                json.field("isRefused", state.refusedAt != nil)
                json.field("refusedAt", state.refusedAt)
                json.field("problems", state.refusal)
            }
        }
    }
}

/// What one call goes by, and how it does.
struct PolicyEntry: ResponseBody {
    /// Nil for a call the file says nothing about.
    var answer: PolicyAnswer?
    /// Nil as long as nobody made it.
    var live: GuardSnapshot?

    var target: String { answer?.title ?? live?.target ?? "" }

    static var example: PolicyEntry { PolicyEntry(answer: nil, live: BreakerAnswer.example.snapshot) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            if let answer {
                answer.writeFields(to: &json)
            } else {
                json.field("target", target)
                json.field("kind", "call")
                json.field("policy", live?.policy ?? "")
                json.field("pattern", String?.none)
                json.field("source", "code")
            }
            guard let live else { return }
            json.object("live") { json in
                json.field("calls", live.calls)
                json.field("attempts", live.attempts)
                json.field("failures", live.failures)
                json.field("timeouts", live.timeouts)
                json.field("refused", live.ends.refused)
                if let breaker = live.breaker {
                    json.object("breaker") { json in
                        json.field("state", breaker.state.rawValue)
                        json.field("forced", breaker.forced?.rawValue)
                        json.field("openings", breaker.openings)
                        json.field("refusals", breaker.refusals)
                    }
                }
                if let bulkhead = live.bulkhead {
                    json.object("pool") { json in
                        json.field("name", bulkhead.policy.pool)
                        json.field("running", bulkhead.running)
                        json.field("waiting", bulkhead.waiting)
                        json.field("refusals", bulkhead.refusals)
                    }
                }
                if let saved = live.retriesSaved { json.object("budget") { $0.field("retriesSaved", saved) } }
            }
        }
    }
}
