internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaSagas
internal import HTTPTypes

/// `/ops/sagas`: where each saga stands, and a push for those that wait.
struct SagaOperations: Sendable {
    let fleet: Fleet

    func add(to routes: inout Routes) {
        routes.add(
            .get, "/ops/sagas", access: .anyone, summary: "Sagas, oldest first", query: SagaQuery.self,
            answers: Page<SagaAnswer>.self
        ) { _, query in
            var items: [SagaAnswer] = []
            for engine in engines where items.count <= query.limit {
                let records = try await engine.sagas(
                    status: query.status, subject: query.orderID, after: query.cursor ?? "",
                    limit: query.limit + 1 - items.count)
                items += records.map { SagaAnswer(record: $0, shape: engine.shape(of: $0)) }
            }
            let hasMore = items.count > query.limit
            if hasMore { items.removeLast() }
            return Answer(Page(items: items, nextCursor: hasMore ? items.last?.record.id : nil))
        }
        routes.add(
            .get, "/ops/sagas/{sagaId}", access: .anyone, summary: "One saga", answers: SagaAnswer.self
        ) { call in
            let (engine, record) = try await find(call.parameter("sagaId"))
            return Answer(SagaAnswer(record: record, shape: engine.shape(of: record)))
        }
        routes.add(
            .post, "/ops/sagas/{sagaId}/retry", access: .anyone,
            summary: "Send the command a saga waits for again, now", answers: NoContent.self
        ) { call in
            let (engine, record) = try await find(call.parameter("sagaId"))
            guard try await engine.retryNow(record.id, at: fleet.options.world.now) else {
                throw ServiceError(.conflict, "nothing-awaited", "The saga is over; there is nothing to send again.")
            }
            return .done
        }
    }

    private var engines: [SagaEngine] { fleet.map.manifests.compactMap { fleet.instance(of: $0.name)?.sagas } }

    private func find(_ id: String) async throws -> (SagaEngine, SagaRecord) {
        for engine in engines {
            if let record = try await engine.saga(id) { return (engine, record) }
        }
        throw ServiceError.notFound("saga")
    }
}

struct SagaQuery: RequestInput {
    let status: SagaRecord.Status?
    let orderID: String?
    let cursor: String?
    let limit: Int

    init(from fields: inout FieldReader) {
        status = fields.optionalValue("status")
        orderID = fields.optionalString("orderId", length: 1...64, .identifier)
        cursor = fields.optionalString("cursor", length: 1...64, .identifier)
        limit = fields.optionalInt("limit", in: 1...1_000) ?? 100
    }
}

/// A saga as operators see it.
struct SagaAnswer: ResponseBody {
    var record: SagaRecord
    var shape: [SagaStepShape]

    static var example: SagaAnswer {
        SagaAnswer(
            record: .example,
            shape: [
                SagaStepShape(
                    id: "create-order", action: "CreateOrder", service: "orders", compensation: "CancelOrder"),
                SagaStepShape(
                    id: "reserve-items", action: "ReserveItems", service: "inventory", compensation: "ReleaseItems"),
            ])
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("sagaId", record.id)
            json.field("sagaType", record.type)
            json.field("version", record.version)
            json.field("orderId", record.subject)
            json.field("status", record.status.rawValue)
            json.field("currentStep", record.current + 1)
            json.field("compensationRequired", record.isBackward)
            json.field("reason", record.reason)
            json.array("steps", record.steps.enumerated()) { json, step in
                let shape = step.offset < self.shape.count ? self.shape[step.offset] : nil
                json.field("stepId", step.offset + 1)
                json.field("name", shape?.id ?? "")
                json.field("action", shape?.action ?? "")
                json.field("service", shape?.service ?? "")
                json.field("compensation", shape?.compensation)
                json.field("status", step.element.name)
            }
            json.field("startedAt", record.startedAt)
            json.field("updatedAt", record.updatedAt)
        }
    }
}
