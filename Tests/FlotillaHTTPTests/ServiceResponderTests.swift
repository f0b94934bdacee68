internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes
internal import Testing

@Suite("Service responder") struct ServiceResponderTests {
    private let service = ServiceFixture()

    @Test("a body is read, checked and answered")
    func post() async throws {
        let response = await service.post("/api/v1/notes", #"{"text":"hi"}"#)
        #expect(response.status == .created)
        #expect(response.headers[.location] == "/api/v1/notes/1")
        #expect(response.headers[.contentType] == "application/json")
        #expect(try response.json() == ["text": "hi", "count": 1])
    }

    @Test("bad input has its status and slug", arguments: [
        ("", "application/json", 400, "missing-body"), ("{", "application/json", 400, "malformed-json"),
        ("{\"text\":\"a\u{1}\"}", "application/json", 400, "malformed-json"),
        ("{}", "application/json; charset=UTF-8", 422, "invalid-input"),
        ("[]", "application/json", 422, "invalid-input"),
        (#"{"text":"hi"}"#, "text/plain", 415, "unsupported-media-type"),
        (#"{"text":"hi"}"#, "application/json; charset=latin1", 415, "unsupported-media-type"),
        ("text=%", "application/x-www-form-urlencoded", 400, "malformed-query"),
        ("text=", "application/x-www-form-urlencoded", 422, "invalid-input"),
        (#"{"text":"taken"}"#, "application/json", 409, "note-taken"),
    ])
    func badInput(body: String, type: String, code: Int, slug: String) async throws {
        let response = await service.post(
            "/api/v1/notes", body, headers: [.authorization: "Bearer customer:ada", .contentType: type])
        #expect(response.status.code == code)
        #expect(try response.slug() == slug)
        #expect(try response.json()["traceId"]?.string == response.headers[.traceID])
    }

    @Test("a form is read like a body where the route takes one")
    func form() async throws {
        let response = await service.post(
            "/api/v1/notes", "text=a+b",
            headers: [.authorization: "Bearer customer:ada", .contentType: "application/x-www-form-urlencoded"])
        #expect(try response.json()["text"] == "a b")
    }

    @Test("who may not is told so", arguments: [
        ("DELETE", "/api/v1/notes/1", nil, 401, "not-signed-in"),
        ("DELETE", "/api/v1/notes/1", "Bearer customer:ada", 403, "not-allowed"),
        ("DELETE", "/api/v1/notes/1", "Bearer admin:root", 204, nil),
        ("POST", "/api/v1/notes", nil, 401, "not-signed-in"),
        ("GET", "/api/v1/notes/1", "Bearer nonsense", 401, "invalid-token"),
        ("GET", "/api/v1/notes/1", "Basic YTpi", 200, nil),
        ("GET", "/api/v1/notes/1", nil, 200, nil),
        ("GET", "/api/v1/notes/a%20b", nil, 404, "not-found"),
        ("GET", "/api/v1/nothing", nil, 404, "unknown-path"),
        ("PUT", "/api/v1/notes", nil, 405, "method-not-allowed"),
        ("GET", "/api/v1/notes/%", nil, 400, "malformed-path"),
        ("GET", "/api/v1/notes?limit=99", nil, 422, "invalid-input"),
        ("GET", "/api/v1/notes?limit=%", nil, 400, "malformed-query"),
    ] as [(String, String, String?, Int, String?)])
    func access(method: String, path: String, token: String?, code: Int, slug: String?) async throws {
        var headers = HTTPFields()
        headers[.authorization] = token
        let method = try #require(HTTPRequest.Method(method))
        let response = await service.responder.respond(to: Request(method, target: path, headers: headers))
        #expect(response.status.code == code)
        if let slug { #expect(try response.slug() == slug) }
        if code == 401 { #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true) }
    }

    @Test("an unknown error is 500, is logged with its cause, and is not told")
    func unknownError() async throws {
        let response = await service.get("/api/v1/broken")
        #expect(response.status == .internalServerError)
        #expect(!response.text.contains("fire"))
        let records = service.log.records(LogQuery(traceID: response.headers[.traceID], level: .error))
        #expect(records.count == 1)
        #expect(records.first?.metadata.contains { $0.value.contains("the disk is on fire") } == true)
    }

    @Test("a request that takes too long is broken off and answered 504")
    func timeout() async throws {
        let time = service.time
        async let response = service.get("/api/v1/slow")
        while time.sleeperCount < 2 { await Task.yield() }
        time.advance(by: .seconds(6))
        let answered = await response
        #expect(answered.status == .gatewayTimeout)
        #expect(try answered.slug() == "timeout")
        #expect(time.sleeperCount == 0)
    }

    @Test("the caller's deadline shortens the time, never lengthens it", arguments: [
        ("100", "100"), ("99999", "5000"), ("-1", "5000"), ("soon", "5000"),
    ])
    func deadline(header: String, milliseconds: String) async throws {
        let response = await service.get("/api/v1/whoami", headers: [.requestTimeout: header])
        #expect(response.text.split(separator: " ")[3] == milliseconds)
    }

    @Test("a deadline that has passed is answered at once")
    func deadlineOver() async {
        let response = await service.get("/api/v1/whoami", headers: [.requestTimeout: "0"])
        #expect(response.status == .gatewayTimeout)
    }

    @Test("the trace goes on, and the answer names it")
    func trace() async throws {
        let traceID = "0af7651916cd43dd8448eb211c80319c"
        let response = await service.get(
            "/api/v1/notes/1",
            headers: [.traceparent: "00-\(traceID)-b7ad6b7169203331-01", .correlationID: "my-basket-7"])
        #expect(response.headers[.traceID] == traceID)
        #expect(response.headers[.correlationID] == "my-basket-7")
        let span = try #require(service.telemetry.spans.spans(SpanQuery(traceID: traceID)).first)
        #expect(span.parentSpanID == "b7ad6b7169203331")
        #expect(span.spanID == response.headers[.spanID])
        #expect(span.name == "GET /api/v1/notes/{id}")
        #expect(span.kind == .server)
    }

    @Test("a correlation that cannot be a header again is replaced", arguments: [
        "", "a b", "ä", String(repeating: "x", count: 129),
    ])
    func correlation(text: String) async {
        let response = await service.get("/api/v1/notes/1", headers: [.correlationID: text])
        #expect(response.headers[.correlationID] == response.headers[.traceID])
    }

    @Test("X-Trace-ID and X-Span-ID do where traceparent is missing")
    func plainTrace() async {
        let traceID = "0af7651916cd43dd8448eb211c80319c"
        let response = await service.get(
            "/api/v1/notes/1", headers: [.traceID: traceID, .spanID: "b7ad6b7169203331"])
        #expect(response.headers[.traceID] == traceID)
    }

    @Test("the caller and the token reach the route")
    func caller() async {
        let known = await service.get("/api/v1/whoami", headers: [.authorization: "bearer customer:ada"])
        #expect(known.text.hasPrefix("ada token"))
        let unknown = await service.get("/api/v1/whoami")
        #expect(unknown.text.hasPrefix("nobody no token"))
    }

    @Test("what has not changed is not sent again")
    func entityTag() async throws {
        let first = await service.get("/api/v1/notes/1")
        let tag = try #require(first.headers[.eTag])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        let again = await service.get("/api/v1/notes/1", headers: [.ifNoneMatch: "\"x\", W/\(tag)"])
        #expect(again.status == .notModified)
        #expect(again.bytes == [])
        #expect(again.headers[.eTag] == tag)
        let other = await service.get("/api/v1/notes/2", headers: [.ifNoneMatch: tag])
        #expect(other.status == .ok)
        #expect(other.headers[.eTag] != tag)
    }

    @Test("HEAD has the head of GET and no body")
    func head() async throws {
        let get = await service.get("/api/v1/notes/1")
        let head = await service.responder.respond(to: Request(.head, "/api/v1/notes/1"))
        #expect(head.status == .ok)
        #expect(head.bytes == [])
        #expect(head.headers[.contentLength] == String(get.bytes?.count ?? -1))
    }

    @Test("events are written as browsers read them")
    func events() async throws {
        let response = await service.get("/api/v1/stream")
        #expect(response.headers[.contentType] == "text/event-stream")
        let text = String(decoding: try await response.collect(), as: UTF8.self)
        #expect(text == "event: state\nid: 1\ndata: a\ndata: b\n\n:\n\ndata: done\n\n")
        await #expect(throws: ServiceError.self) { try await response.collect(bytesMax: 10) }
    }

    @Test("requests are counted by route and status, those of unknown paths together")
    func metrics() async throws {
        _ = await service.get("/api/v1/notes/1")
        _ = await service.get("/api/v1/notes/2")
        _ = await service.get("/api/v1/nothing/1")
        _ = await service.get("/api/v1/nothing/2")
        let text = await service.get("/metrics").text
        #expect(text.contains(
            #"http_requests_total{method="GET",route="/api/v1/notes/{id}",service="notes",status="200"} 2"#))
        #expect(text.contains(#"http_requests_total{method="any",route="unmatched",service="notes",status="404"} 2"#))
        let labels = #"method="GET",route="/api/v1/notes/{id}",service="notes",le="0.1""#
        #expect(text.contains("http_request_duration_seconds_bucket{\(labels)} 2"))
        for bucket in ["0.1", "0.3", "0.5", "0.7", "1", "3", "5", "7", "10", "+Inf"] {
            #expect(text.contains("le=\"\(bucket)\""))
        }
    }

    @Test("health tells how the service is, and drains visibly")
    func health() async throws {
        let world = World.manual()
        let monitor = HealthMonitor(
            service: "notes", version: "1.2.3",
            checks: [
                HealthCheck(name: "database") { .healthy },
                HealthCheck(name: "mail", isCritical: false) { .unhealthy("away") },
            ],
            world: world)
        let service = ServiceFixture(health: monitor)
        #expect(await service.get("/health/live").status == .ok)
        #expect(await service.get("/health/ready").status == .serviceUnavailable)
        monitor.setInService(true)
        let ready = await service.get("/health/ready")
        #expect(ready.status == .ok)
        #expect(try ready.json()["status"] == "degraded")
        let report = try await service.get("/health").json()
        #expect(report["version"] == "1.2.3")
        #expect(report["checks"]?.array?.count == 2)
    }
}
