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
            let key = PolicyEntry.key(call.parameter("target"))
            guard let entry = list.items.first(where: { $0.key == key }) else {
                throw ServiceError.notFound("policy")
            }
            return Answer(entry)
        }
        PolicyLevers(fleet: fleet, telemetry: telemetry).add(to: &routes)
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

    /// Everything the file speaks of, and every call that was made.
    private var list: PolicyList {
        let calls = fleet.policies.snapshots()
        guard let policies else { return PolicyList(items: calls.map(Self.entry), state: nil) }
        let state = policies.current
        let answers = PolicyAnswer.all(in: state.file, for: policies.shape)
        let known = Set(answers.map(\.title))
        let items = answers.map { PolicyEntry(answer: $0, live: $0.live(in: fleet), made: nil) }
        return PolicyList(items: items + calls.filter { !known.contains($0.target) }.map(Self.entry), state: state)
    }

    private static func entry(_ made: GuardSnapshot) -> PolicyEntry {
        PolicyEntry(answer: nil, live: .call(made), made: made)
    }
}
