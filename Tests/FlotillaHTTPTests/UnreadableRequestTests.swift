internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes
internal import Testing

@Suite("Requests that cannot be read, over sockets", .timeLimit(.minutes(5))) struct UnreadableRequestTests {
    /// What is sent, and what has to come back.
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var sent: String
        var status = 400
        var slug = "malformed-http"
        /// The status of a server that tells more precisely what it does not do.
        var precise: Int?
        var testDescription: String { what }

        /// As a server of that kind has to answer it.
        func asked(of kind: ServerKind) -> Case {
            var copy = self
            if kind != .nio { copy.status = precise ?? status }
            return copy
        }
    }

    static let long = String(repeating: "a", count: 40_000)

    static let cases = [
        Case(what: "no method", sent: "hello\r\n\r\n"),
        Case(what: "no target", sent: "GET\r\n\r\n"),
        Case(what: "an unknown version", sent: "GET / HTTP/9.9\r\nHost: h\r\n\r\n", precise: 505),
        Case(what: "control characters", sent: "\u{0}\u{1}\u{2}\r\n\r\n"),
        Case(what: "a header without a colon", sent: "GET / HTTP/1.1\r\nbad header\r\n\r\n"),
        Case(what: "a space before the colon", sent: "GET / HTTP/1.1\r\nHost : h\r\n\r\n"),
        Case(what: "a control character in a value", sent: "GET / HTTP/1.1\r\nHost: h\r\nX: \u{1}\r\n\r\n"),
        Case(what: "a negative length", sent: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
        Case(
            what: "two lengths",
            sent: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Case(
            what: "a length and chunks",
            sent: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case(
            what: "chunks and a length",
            sent: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
                + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case(
            what: "a chunk without a size",
            sent: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n"),
        Case(
            what: "too many header fields",
            sent: "GET / HTTP/1.1\r\nHost: h\r\n" + (0..<200).map { "X-\($0): a\r\n" }.joined() + "\r\n",
            status: 431, slug: "headers-too-large"),
        Case(
            what: "a header field too long", sent: "GET / HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n", status: 431,
            slug: "headers-too-large"),
        Case(
            what: "header fields too long together",
            sent: "GET / HTTP/1.1\r\nHost: h\r\n"
                + (0..<5).map { "X-\($0): \(long.prefix(8_000))\r\n" }.joined() + "\r\n",
            status: 431, slug: "headers-too-large"),
        Case(
            what: "a target over its limit", sent: "GET /\(long.prefix(8_192)) HTTP/1.1\r\nHost: h\r\n\r\n",
            status: 414, slug: "target-too-long"),
        Case(
            what: "a target over all limits", sent: "GET /?\(long) HTTP/1.1\r\nHost: h\r\n\r\n", status: 414,
            slug: "target-too-long"),
    ]

    @Test(
        "each is answered with a problem document and counted, and the connection closed",
        arguments: ServerKind.allCases, cases)
    func refused(_ kind: ServerKind, _ bad: Case) async throws {
        let bad = bad.asked(of: kind)
        let telemetry = Telemetry.silent(service: "door", world: .system())
        try await withServer(kind, echo, telemetry: telemetry) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send(bad.sent)
                let received = try await connection.readAll()
                try Self.check(received, bad)
            }
            let count = #"http_requests_total{method="any",route="unread",service="door",status="\#(bad.status)"} 1"#
            #expect(telemetry.metrics.prometheusText().contains(count))
            try await withConnection(port) { connection in
                try await connection.send("GET /still-here HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "GET /still-here?"))
            }
        }
    }

    @Test("after good requests it is told in its turn", arguments: ServerKind.allCases, cases)
    func afterGood(_ kind: ServerKind, _ bad: Case) async throws {
        let bad = bad.asked(of: kind)
        let go = Signal<Void>()
        let responder = ClosureResponder { request in
            _ = await go.next()
            return .text("good \(request.body.count)")
        }
        try await withServer(kind, responder) { port, _ in
            try await withConnection(port) { connection in
                try await connection.send("POST /good HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                try await connection.send(bad.sent)
                go.send(())
                let received = try await connection.readAll()
                let end = try #require(received.firstRange(of: "good 3")).upperBound
                #expect(received.hasPrefix("HTTP/1.1 200 OK"))
                // Sent behind another, the one and the other refusal of what is too much cannot always be told apart.
                if kind != .nio || bad.status == 400 { try Self.check(String(received[end...]), bad) }
                #expect(received[end...].hasPrefix("HTTP/1.1 \(bad.status / 100)"))
            }
        }
    }

    @Test("of targets and headers as long as allowed nothing is refused", arguments: ServerKind.allCases)
    func longest(_ kind: ServerKind) async throws {
        var limits = ServerLimits()
        limits.targetBytesMax = 100
        limits.headerBytesMax = 1_000
        try await withServer(kind, echo, limits: limits) { port, _ in
            try await withConnection(port) { connection in
                let target = "/" + String(repeating: "t", count: 99)
                let value = String(repeating: "v", count: 860)
                try await connection.send("GET \(target) HTTP/1.1\r\nHost: h\r\nX: \(value)\r\n\r\n")
                #expect(try await connection.read(until: "GET \(target)?"))
                try await connection.send("GET \(target)t HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await connection.read(until: "/problems/target-too-long"))
            }
        }
    }

    private static func check(_ received: String, _ bad: Case) throws {
        let parts = received.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
        let head = try #require(parts.first)
        let body = try #require(parts.count == 2 ? parts[1] : nil)
        #expect(head.hasPrefix("HTTP/1.1 \(bad.status) "))
        #expect(head.contains("Content-Type: application/problem+json\r\n"))
        #expect(head.contains("Content-Length: \(body.utf8.count)"))
        #expect(head.lowercased().contains("connection: close"))
        #expect(head.contains("Date: "))
        let problem = try JSONValue(parsing: Array(body.utf8))
        #expect(problem["type"]?.string == "/problems/\(bad.slug)")
        #expect(problem["title"]?.string?.isEmpty == false)
        #expect(problem["status"]?.integer == Int64(bad.status))
        #expect(problem["detail"]?.string?.isEmpty == false)
        let traceID = try #require(problem["traceId"]?.string)
        #expect(traceID.count == 32)
        #expect(head.contains("X-Trace-ID: \(traceID)"))
    }
}
