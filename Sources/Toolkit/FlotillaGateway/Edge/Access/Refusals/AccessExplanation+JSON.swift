internal import FlotillaHTTP

extension AccessExplanation: ResponseBody {
    static var example: AccessExplanation {
        AccessExplanation(
            caller: "u1 (role customer, tier free, by token)", outcome: "access-denied", policy: "access",
            steps: [Step(asked: "roles: admin", found: "customer", holds: false)])
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("outcome", outcome)
            json.optionalField("policy", policy)
            json.field("caller", caller)
            json.field("reason", reason)
            json.array("steps") { json in for step in steps { step.write(to: &json) } }
        }
    }
}

extension AccessExplanation.Step: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("asked", asked)
            json.field("found", found)
            json.field("holds", holds)
            if !parts.isEmpty { json.array("parts") { json in for part in parts { part.write(to: &json) } } }
        }
    }
}
