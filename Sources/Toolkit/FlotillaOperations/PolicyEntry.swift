internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime

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
                json.field("changes", state.changes)
                json.field("waiting", state.waiting)
                json.field("isRefused", state.refusedAt != nil)
                json.field("refusedAt", state.refusedAt)
                json.field("problems", state.refusal)
            }
        }
    }
}

/// What something goes by, and how it does.
struct PolicyEntry: ResponseBody {
    /// Nil for a call the file says nothing about.
    var answer: PolicyAnswer?
    /// Nil of what has not been used or does not run.
    var live: PolicyLive?
    /// Of a call that is named only by being made.
    var made: GuardSnapshot?

    var target: String { answer?.title ?? made?.target ?? "" }

    /// The target as it is looked for: without spaces, which are hard to write in an address.
    var key: String { Self.key(target) }

    static func key(_ target: String) -> String {
        target.replacing("->", with: "→").filter { $0 != " " && $0 != "+" }
    }

    static var example: PolicyEntry {
        let snapshot = BreakerAnswer.example.snapshot
        return PolicyEntry(answer: nil, live: .call(snapshot), made: snapshot)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            if let answer {
                answer.writeFields(to: &json)
            } else {
                json.field("target", target)
                json.field("kind", "call")
                json.field("policy", made?.policy ?? "")
                json.field("pattern", String?.none)
                json.field("source", "code")
            }
            if let live { json.field("live", live) }
        }
    }
}
