internal import FlotillaConfiguration
public import FlotillaHTTP
internal import FlotillaResilience

extension PolicyFile.Value: JSONWritable {
    /// `{key, value, source, through}`; the source of a built-in default is `default`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("key", key)
            json.field("value", text)
            json.field("source", origin.description)
            json.field("through", through)
        }
    }
}

extension PolicyAnswer: JSONWritable {
    /// The whole answer as an object.
    public func write(to json: inout JSONWriter) { json.object { writeFields(to: &$0) } }

    /// The fields of the answer: `target`, `kind`, `policy`, `pattern`, `source`, the worst case, `values` and
    /// `sentences`.
    public func writeFields(to json: inout JSONWriter) {
        json.field("target", title)
        json.field("kind", kind)
        json.field("policy", policyName)
        json.field("pattern", pattern)
        json.field("source", origin)
        if case .call(let effective) = subject {
            json.field("attemptsMax", effective.attemptsMax)
            json.field("timeoutMs", effective.call.timeout.wholeMilliseconds)
            json.field("worstCaseMs", effective.worstCase.wholeMilliseconds)
        }
        json.field("values", values)
        json.field("sentences", sentences)
    }

    private var kind: String {
        switch subject {
        case .call: "call"
        case .message: "message"
        case .consumer: "consumer"
        case .door: "door"
        case .balancer: "balancer"
        case .activity: "activity"
        case .database: "database"
        }
    }
}

extension PolicyPlan: JSONWritable {
    /// `{entries, consumers, databases, refusals, attemptsMax, loadMax}`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.array("entries", worstCases) { json, worst in
                json.field("name", worst.entry.name)
                json.field("deadlineMs", worst.entry.deadline.wholeMilliseconds)
                json.field("worstCaseMs", worst.time.wholeMilliseconds)
                json.field("isCut", worst.isCut)
                json.field("fanOut", worst.fanOut)
                json.field("calls", worst.calls)
                json.array("chains", worst.chains) { json, chain in
                    json.field("chain", chain.text)
                    json.field("attempts", chain.attempts)
                    json.field("load", chain.load)
                }
            }
            json.array("consumers", consumers) { json, consumer in
                json.field("service", consumer.service)
                json.field("types", consumer.types)
                json.field("policy", consumer.policy)
                json.field("attemptsMax", consumer.bounds.attemptsMax)
                json.field("heldForMs", consumer.bounds.pauses.wholeMilliseconds)
            }
            json.array("databases", databases) { json, database in
                json.field("service", database.service)
                json.field("policy", database.policy)
                json.field("queuedWritesMax", database.bounds.queuedWritesMax)
                json.field("groupWritesMax", database.bounds.groupWritesMax)
            }
            json.array("refusals", refusals) { json, refusal in
                json.field("kind", refusal.kind.rawValue)
                json.field("subject", refusal.subject)
                json.field("entries", refusal.entries)
                json.field("sentence", refusal.sentence)
            }
            json.field("attemptsMax", bounds.attemptsMax)
            json.field("loadMax", bounds.loadMax)
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
