internal import FlotillaHTTP
internal import FlotillaResilience

/// `{"state": "open"}`.
struct BreakerLever: RequestInput {
    enum State: String, CaseIterable, Sendable {
        case open, closed, disabled, auto

        var force: BreakerForce? { BreakerForce(rawValue: rawValue) }
    }

    let state: State

    init(from fields: inout FieldReader) { state = fields.value("state") }
}

/// `{"state": "held"}`.
struct BudgetLever: RequestInput {
    enum State: String, CaseIterable, Sendable { case held, auto }

    let state: State

    init(from fields: inout FieldReader) { state = fields.value("state") }
}

/// `{"state": "held", "concurrency": 5, "queue": 0}`.
struct PoolLever: RequestInput {
    let state: BudgetLever.State
    /// Nil: as it is.
    let concurrency: Int?
    /// Nil: as it is.
    let queue: Int?

    init(from fields: inout FieldReader) {
        state = fields.value("state")
        concurrency = fields.optionalInt("concurrency", in: 1...100_000)
        queue = fields.optionalInt("queue", in: 0...100_000)
    }

    /// What a pool is held to; nil when it is let go.
    func bounds(from now: BulkheadPolicy) -> BulkheadForce? {
        guard state == .held else { return nil }
        return BulkheadForce(concurrencyMax: concurrency ?? now.concurrencyMax, queueMax: queue ?? now.queueMax)
    }
}

/// `{"state": "held", "limit": 200}`, `{"state": "off"}`.
struct LimitLever: RequestInput {
    enum State: String, CaseIterable, Sendable { case held, off, auto }

    let state: State
    /// Nil: as it is.
    let limit: Int?

    init(from fields: inout FieldReader) {
        state = fields.value("state")
        limit = fields.optionalInt("limit", in: 1...100_000)
    }

    /// What a door is held to; nil when it goes by what is measured.
    func limit(from now: Int) -> Int? {
        switch state {
        case .held: limit ?? now
        case .off: LoadShedder.unlimited
        case .auto: nil
        }
    }
}

/// `{"state": "ejected"}`.
struct InstanceLever: RequestInput {
    enum State: String, CaseIterable, Sendable {
        case ejected
        case inUse = "in-use"
        case auto

        var force: EndpointForce? { EndpointForce(rawValue: rawValue) }
    }

    let state: State

    init(from fields: inout FieldReader) { state = fields.value("state") }
}

/// What became of a lever: how things are now.
struct LeverAnswer: ResponseBody {
    var target: String
    var live: PolicyLive

    init(_ target: String, _ live: PolicyLive) {
        self.target = target
        self.live = live
    }

    static var example: LeverAnswer {
        let snapshot = BreakerAnswer.example.snapshot
        return LeverAnswer(snapshot.target, .call(snapshot))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("target", target)
            json.field("live", live)
        }
    }
}
