internal import FlotillaCore
internal import FlotillaObservability
internal import Logging
internal import Testing

@Suite("Logs") struct LogTests {
    let time = ManualTime()
    let memory = MemoryLogSink()
    let world: World
    let telemetry: Telemetry
    let context: CallContext

    init() {
        world = World.manual(time)
        telemetry = Telemetry(service: "orders", world: world, sink: memory, level: .debug)
        context = CallContext(
            trace: TraceContext(traceID: "4bf92f3577b34da6a3ce929d0e0e4736", spanID: "00f067aa0ba902b7"),
            correlationID: "basket-7", deadline: Deadline(uptime: .seconds(1)))
    }

    private var lines: [String] { memory.records().map { String(decoding: $0.json(), as: UTF8.self) } }

    @Test("a line is JSON with the call's IDs and sorted metadata")
    func json() {
        telemetry.log(.info, "order placed", context, ["order": "o-1", "lines": "2"])
        #expect(lines == [
            #"{"timestamp":"2026-01-01T00:00:00.000Z","level":"info","service":"orders","#
                + #""traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","#
                + #""correlationId":"basket-7","message":"order placed","metadata":{"lines":"2","order":"o-1"}}"#
        ])
    }

    @Test("what is not known is left out, what would break the line is escaped")
    func escapes() {
        telemetry.log(.warning, "odd", nil, ["text": "a\"b\\c\nd\te\u{1}f\u{7F}ü"])
        #expect(lines == [
            #"{"timestamp":"2026-01-01T00:00:00.000Z","level":"warning","service":"orders","message":"odd","#
                + #""metadata":{"text":"a\"b\\c\nd\te\u0001f\u007fü"}}"#
        ])
    }

    @Test("lines below the level are not made, their metadata not asked for")
    func level() {
        var asked = 0
        func metadata() -> [String: String] {
            asked += 1
            return [:]
        }
        telemetry.log(.trace, "too fine", nil, metadata())
        #expect(asked == 0)
        telemetry.log(.debug, "fine enough", nil, metadata())
        #expect(asked == 1)
        #expect(memory.records().map(\.message) == ["fine enough"])
    }

    @Test("secrets in metadata, in an error and in a correlation ID do not get through")
    func redaction() {
        var context = context
        context.correlationID = "4242424242424242"
        let error = ServiceError(.invalid, "card-declined", "declined: 4242 4242 4242 4242")
        telemetry.log(.error, "payment failed", context, error: error, ["cvc": "123", "password": "x"])
        let record = memory.records()[0]
        #expect(record["cvc"] == "[redacted]")
        #expect(record["password"] == "[redacted]")
        #expect(record["error"] == "card-declined: declined: [card]")
        #expect(record["errorSlug"] == "card-declined")
        #expect(record.correlationID == "[card]")
    }

    @Test("metadata and messages are bounded")
    func bounds() {
        let long = String(repeating: "v", count: 9_000)
        let many = Dictionary(uniqueKeysWithValues: (100..<200).map { ("k\($0)", long) })
        telemetry.log(.info, "big", nil, many)
        let record = memory.records()[0]
        #expect(record.metadata.count == LogRecord.metadataCountMax)
        #expect(record.metadata.allSatisfy { $0.value.utf8.count <= LogRecord.valueBytesMax })
        #expect(record.metadata.first?.key == "k100")
    }

    @Test("swift-log metadata is flattened, merged and redacted")
    func handler() {
        var logger = telemetry.logger(for: context)
        logger[metadataKey: "region"] = "eu"
        logger.info(
            "hello 4242424242424242",
            metadata: ["user": ["name": "ada", "password": "x"], "items": ["a", "b"], "region": "us"])
        let record = memory.records()[0]
        #expect(record.message == "hello [card]")
        #expect(record.traceID == context.trace.traceID)
        #expect(record.spanID == context.trace.spanID)
        #expect(record.correlationID == "basket-7")
        #expect(record.metadata == [
            .init("items.0", "a"), .init("items.1", "b"), .init("region", "us"), .init("user.name", "ada"),
            .init("user.password", "[redacted]"),
        ])
    }

    @Test("the logger keeps to the level of telemetry")
    func handlerLevel() {
        telemetry.logger.trace("no")
        telemetry.logger.debug("yes")
        #expect(memory.records().map(\.message) == ["yes"])
    }

    @Test("memory finds by trace, service, level and text, and forgets the oldest")
    func memoryQueries() {
        let small = MemoryLogSink(capacity: 3)
        let orders = Telemetry(service: "orders", world: world, sink: small)
        let carts = Telemetry(service: "carts", world: world, sink: small)
        orders.log(.info, "one")
        orders.log(.error, "two", context, ["cause": "Lost Connection"])
        carts.log(.warning, "three", context)
        carts.log(.info, "four")
        #expect(small.records().map(\.message) == ["two", "three", "four"])
        #expect(small.records(LogQuery(traceID: context.trace.traceID)).map(\.message) == ["two", "three"])
        #expect(small.records(LogQuery(service: "carts")).map(\.message) == ["three", "four"])
        #expect(small.records(LogQuery(level: .warning)).map(\.message) == ["two", "three"])
        #expect(small.records(LogQuery(correlationID: "basket-7", limit: 1)).map(\.message) == ["three"])
        #expect(small.records(LogQuery(text: "lost conn")).map(\.message) == ["two"])
        #expect(small.writtenCount == 4)
        let first = small.records(after: 0, limit: 2)
        #expect(first.records.map(\.message) == ["two", "three"])
        let second = small.records(after: first.next, limit: 2)
        #expect(second.records.map(\.message) == ["four"])
        #expect(small.records(after: second.next, limit: 2).records.isEmpty)
    }

    @Test("a tee gives each sink what is of its level")
    func tee() {
        let all = MemoryLogSink(level: .trace)
        let bad = MemoryLogSink(level: .error)
        let both = Telemetry(service: "orders", world: world, sink: TeeLogSink([all, bad]), level: .trace)
        both.log(.debug, "detail")
        both.log(.error, "trouble")
        #expect(all.records().map(\.message) == ["detail", "trouble"])
        #expect(bad.records().map(\.message) == ["trouble"])
    }
}
