internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import HTTPTypes

/// `/ops/dead-letters` and `/ops/outbox`: what was given up, and what waits to be taken.
struct DeliveryOperations: Sendable {
    let fleet: Fleet

    func add(to routes: inout Routes) {
        routes.add(
            .get, "/ops/dead-letters", access: .anyone, summary: "Messages that were given up",
            answers: Page<DeadLetterAnswer>.self
        ) { _ in
            var items: [DeadLetterAnswer] = []
            for consumer in consumers { items += try await consumer.deadLetters().map(DeadLetterAnswer.init) }
            return Answer(Page(items: items, nextCursor: nil))
        }
        routes.add(
            .post, "/ops/dead-letters/{id}/replay", access: .anyone,
            summary: "Handle a dead letter again, or only try what would happen (dryRun=true)",
            query: ReplayQuery.self, answers: ReplayAnswer.self, status: .accepted
        ) { call, query in
            let (consumer, position) = try find(call)
            guard query.isDryRun else {
                guard try await consumer.replay(position) else { throw ServiceError.notFound("dead letter") }
                return Answer(ReplayAnswer(wouldSend: nil, wouldFailWith: nil))
            }
            switch try await consumer.rehearse(position) {
            case .none: throw ServiceError.notFound("dead letter")
            case .success(let types): return Answer(ReplayAnswer(wouldSend: types, wouldFailWith: nil), status: .ok)
            case .failure(let error):
                return Answer(ReplayAnswer(wouldSend: nil, wouldFailWith: String(describing: error)), status: .ok)
            }
        }
        routes.add(
            .delete, "/ops/dead-letters/{id}", access: .anyone, summary: "Drop a dead letter for good",
            answers: NoContent.self
        ) { call in
            let (consumer, position) = try find(call)
            guard try await consumer.discard(position) else { throw ServiceError.notFound("dead letter") }
            return .done
        }
        routes.add(
            .get, "/ops/outbox", access: .anyone, summary: "What each service has sent and somebody has not taken",
            answers: Page<OutboxAnswer>.self
        ) { _ in
            var items: [OutboxAnswer] = []
            let now = fleet.options.world.now
            for manifest in fleet.map.manifests {
                guard let instance = fleet.instance(of: manifest.name) else { continue }
                let backlog = try await instance.outbox.backlog()
                items.append(
                    OutboxAnswer(
                        service: manifest.name, pending: backlog.count, oldestAge: backlog.oldest.map { now - $0 }))
            }
            return Answer(Page(items: items, nextCursor: nil))
        }
    }

    private var consumers: [Consumer] { fleet.map.manifests.compactMap { fleet.consumer(of: $0.name) } }

    /// A dead letter's ID is its consumer's name, a colon and its place there.
    private func find(_ call: Call) throws -> (Consumer, Int64) {
        let id = call.parameter("id")
        guard let colon = id.lastIndex(of: ":"), let position = Int64(id[id.index(after: colon)...]),
            let consumer = consumers.first(where: { $0.name == id[..<colon] })
        else { throw ServiceError.notFound("dead letter") }
        return (consumer, position)
    }
}

struct ReplayQuery: RequestInput {
    let isDryRun: Bool
    init(from fields: inout FieldReader) { isDryRun = fields.optionalBool("dryRun") ?? false }
}

struct ReplayAnswer: ResponseBody {
    /// The types of the messages a replay would send; nil when it was a real one.
    var wouldSend: [String]?
    var wouldFailWith: String?

    static var example: ReplayAnswer {
        ReplayAnswer(wouldSend: ["shop.inventory.items-reserved.v1"], wouldFailWith: "storage-constraint: …")
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("dryRun", wouldSend != nil || wouldFailWith != nil)
            if let wouldSend { json.field("wouldSend", wouldSend) }
            if let wouldFailWith { json.field("wouldFailWith", wouldFailWith) }
        }
    }
}

/// A dead letter as operators see it: the envelope and the reason, never the data.
struct DeadLetterAnswer: ResponseBody {
    var letter: DeadLetter

    init(_ letter: DeadLetter) { self.letter = letter }

    static var example: DeadLetterAnswer {
        DeadLetterAnswer(
            DeadLetter(
                id: 7, consumer: "inventory",
                message: Message(
                    id: "01JD8Q3V5ZK7M2N9R4T6W8X0YB", source: "orders", type: "shop.inventory.reserve-items.v1",
                    subject: "01JD8Q3V5Z", time: Timestamp(seconds: 1_767_225_600), data: [],
                    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", correlationID: "4bf9"),
                attempts: 6, error: "storage-constraint: …", diedAt: Timestamp(seconds: 1_767_225_700), waiting: 1))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", "\(letter.consumer):\(letter.id)")
            json.field("consumer", letter.consumer)
            json.field("type", letter.message.type)
            json.field("source", letter.message.source)
            json.field("subject", letter.message.subject)
            json.field("messageId", letter.message.id)
            json.field("correlationId", letter.message.correlationID)
            json.field("sentAt", letter.message.time)
            json.field("attempts", letter.attempts)
            json.field("error", letter.error)
            json.field("diedAt", letter.diedAt)
            json.field("waiting", letter.waiting)
        }
    }
}

struct OutboxAnswer: ResponseBody {
    var service: String
    var pending: Int
    var oldestAge: Duration?

    static var example: OutboxAnswer { OutboxAnswer(service: "orders", pending: 2, oldestAge: .milliseconds(1_500)) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("service", service)
            json.field("pending", pending)
            json.field("oldestAgeMs", oldestAge.map { Int($0.milliseconds) })
        }
    }
}
